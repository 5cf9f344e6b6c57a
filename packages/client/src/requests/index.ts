export { type RequestOptions, Requests } from './requests.ts';
