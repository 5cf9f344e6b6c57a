export { LinkPreviews } from './link-previews.ts';
