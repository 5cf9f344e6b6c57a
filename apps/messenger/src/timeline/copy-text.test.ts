import { expect, it, vi } from 'vitest';
import { copyText } from './copy-text.ts';

it('puts a text on the clipboard', async () => {
  const written: string[] = [];
  vi.stubGlobal('navigator', { clipboard: { writeText: async (text: string) => void written.push(text) } });
  await copyText('At eight');
  expect(written).toEqual(['At eight']);
});

it('says what to do where the page may not, or has no clipboard', async () => {
  const refusing = { writeText: () => Promise.reject(new DOMException('Denied.', 'NotAllowedError')) };
  for (const clipboard of [refusing, undefined]) {
    vi.stubGlobal('navigator', { clipboard });
    await expect(copyText('At eight')).rejects.toThrow(/Select the text and copy it/);
  }
});
