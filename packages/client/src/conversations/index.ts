export { conversationId, targetOf } from './conversation-id.ts';
export { doneUpTo, isListed, looksDifferent, newConversation, unreadOf } from './conversation-record.ts';
export { withHiddenPlaces } from './hidden-places.ts';
export { byNewest, localConversation, type SharedOfConversation } from './local-conversation.ts';
export {
  addPlaces,
  continueAfter,
  countAfter,
  firstPlace,
  isKnown,
  isUnbroken,
  lastPlace,
  type Runs,
  withoutPlaces,
} from './runs.ts';
