export type { Reach } from './guarded-get.ts';
export { previewOperations } from './operations.ts';
export { Previews } from './previews.ts';
export { publicReach } from './public-reach.ts';
