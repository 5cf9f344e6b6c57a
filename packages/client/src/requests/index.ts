export { isRepeatable, type RequestOptions, Requests } from './requests.ts';
