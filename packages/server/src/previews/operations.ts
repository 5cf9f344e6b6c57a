import type { OperationHandlers } from '../socket/operations.ts';
import type { Previews } from './previews.ts';

export function previewOperations(previews: Previews): Required<Pick<OperationHandlers, 'links.preview'>> {
  return {
    'links.preview': async ({ uid }, { url }) => {
      const found = await previews.find(uid, url);
      if (found === undefined) return {};
      const { picture, ...facts } = found;
      return { preview: { url, ...facts }, ...(picture === undefined ? {} : { picture }) };
    },
  };
}
