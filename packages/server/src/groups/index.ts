export { GroupCore } from './group-core.ts';
export { GroupFeed } from './group-feed.ts';
export { GroupNews } from './group-news.ts';
export { Groups } from './groups.ts';
export { Joining } from './joining.ts';
export { groupOperations } from './operations.ts';
export { GroupSending } from './sending.ts';
