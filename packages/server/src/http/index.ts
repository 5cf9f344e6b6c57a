export { buildHttp } from './build-http.ts';
export type { HttpOptions, SendFromBackend, WhipDoor } from './http-options.ts';
