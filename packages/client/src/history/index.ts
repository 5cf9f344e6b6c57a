export { GapFiller } from './gap-filler.ts';
export { HistoryRequests } from './history-requests.ts';
export { OlderMessages } from './older-messages.ts';
