export { buildHttp } from './build-http.ts';
export type { HttpOptions, SendFromBackend } from './http-options.ts';
