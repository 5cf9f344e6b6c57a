export { buildHttp } from './build-http.ts';
export type { BackendMessage, HttpOptions, SendFromBackend } from './http-options.ts';
