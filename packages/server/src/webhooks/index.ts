export { DeliveryChecks } from './delivery-checks.ts';
export { webhookOperations } from './from-clients.ts';
export { Happenings, type TellsOf } from './happenings.ts';
export {
  type WebhookForm,
  type WebhookKind,
  webhookForms,
  webhookKindNames,
  webhookKinds,
} from './kinds.ts';
export { LeftBehind } from './left-behind.ts';
export { WebhookQueue } from './queue.ts';
export { formBits } from './request-body.ts';
export { WebhookSender } from './sender.ts';
export { UserPresence } from './user-presence.ts';
export { Webhooks } from './webhooks.ts';
