export { buildHttp } from './build-http.ts';
export type { HttpOptions, MediaDoor, SendFromBackend } from './http-options.ts';
