export { type FindMessageParts, findMessage } from './find-message.ts';
export { GapFiller } from './gap-filler.ts';
export { HistoryRequests } from './history-requests.ts';
export { OlderMessages } from './older-messages.ts';
