import { fileURLToPath } from 'node:url';

/** Files that the build makes for browsers, and the doors serve. */
export interface WebPaths {
  readonly mesiboScript: string;
  readonly messengerApp: string;
}

/** Where `npm run build` leaves them. */
export function webPaths(): WebPaths {
  const root = new URL('../../../', import.meta.url);
  return {
    mesiboScript: fileURLToPath(new URL('packages/mesibo/dist/mesibo.js', root)),
    messengerApp: fileURLToPath(new URL('apps/messenger/dist', root)),
  };
}
