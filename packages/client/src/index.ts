/** @module */
export type * from './types.ts';
