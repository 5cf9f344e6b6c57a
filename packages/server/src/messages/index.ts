export { type BackendChange, changeFromBackend } from './change-from-backend.ts';
export { Changes, type RetractionRules } from './changes.ts';
export { Delivery } from './delivery.ts';
export type { DeliveryOutlet } from './delivery-options.ts';
export { Gone } from './gone.ts';
export { GroupMessages } from './group-messages.ts';
export { History } from './history.ts';
export { type Accepted, Messages, type Outgoing, type Receiver, type Sender } from './messages.ts';
export { type BackendMessage, sendFromBackend } from './send-from-backend.ts';
