export type { ClientAddress, Origin } from './client-address.ts';
export { type LimitSettings, Limits } from './limits.ts';
export { TokenBuckets } from './token-buckets.ts';
