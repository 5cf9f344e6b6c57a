export { buildHttp } from './build-http.ts';
export type { HttpOptions, MediaDoor, MediaSessionDoor, SendFromBackend } from './http-options.ts';
