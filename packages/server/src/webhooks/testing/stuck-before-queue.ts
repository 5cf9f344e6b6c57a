/**
 * Preloaded into a server: nothing that happens gets into the queues of webhooks by itself, and nothing is sent from them, as
 * if the server were always just about to. What it leaves when it is killed is what a crash in between leaves.
 */
import { WebhookQueue } from '../queue.ts';
import { WebhookSender } from '../sender.ts';

const never = (): Promise<void> => new Promise(() => {});
WebhookQueue.prototype.add = never;
WebhookSender.prototype.look = never;
