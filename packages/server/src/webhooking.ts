import type { Bus } from '@stoa/bus';
import type { Store } from '@stoa/storage';
import type { Background } from './background.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory/index.ts';
import { TokenBuckets } from './limits/index.ts';
import type { OtherNodes, Presence } from './presence/index.ts';
import { randomId } from './random-id.ts';
import type { Settings } from './settings/index.ts';
import {
  DeliveryChecks,
  Happenings,
  LeftBehind,
  type TellsOf,
  UserPresence,
  WebhookQueue,
  WebhookSender,
  Webhooks,
  webhookOperations,
} from './webhooks/index.ts';

export interface WebhookingOptions {
  readonly settings: Settings;
  readonly store: Pick<Store, 'webhooks' | 'log' | 'cursors' | 'groups'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly directory: Directory;
  /** Name of this node, unique in the installation. */
  readonly node: string;
  readonly tellsOf: TellsOf;
  readonly onError: (error: unknown) => void;
}

/** What a user may say to the app itself in a minute. */
const saidAtOnce = 60;

/** After so long, what is still noted is nothing that a node is at work with. */
const leftBehindMs = 10_000;

/** Joins webhooks with the rest of a node: what they are told of, and the work that sends it. */
export async function startWebhooks(options: WebhookingOptions) {
  const { settings, store, bus, clock, directory, node, tellsOf, onError } = options;
  const privateAddresses = settings.webhookPrivateAddresses;
  let noteUsers = (): void => {};
  const webhooks = new Webhooks({
    store: store.webhooks,
    bus,
    clock,
    privateAddresses,
    onError,
    onChanged: () => noteUsers(),
  });
  const sender = new WebhookSender({
    node,
    store: store.webhooks,
    clock,
    privateAddresses,
    giveUpMs: settings.webhookHours * 3_600_000,
    webhookOf: (id) => webhooks.byId(id),
    onError,
  });
  let look = (): void => {};
  const onAdded = (): void => look();
  const queue = new WebhookQueue({ store: store.webhooks, onAdded });
  const addressOf = async (uid: number): Promise<string | undefined> => (await directory.byUid(uid))?.address;
  const happenings = new Happenings({ webhooks, queue, clock, addressOf, tellsOf, onAdded, onError });
  const leftBehind = new LeftBehind({ store: store.webhooks, log: store.log, directory, happenings, queue });
  const users = new UserPresence({
    node,
    store: store.webhooks,
    webhooks,
    directory,
    clock,
    onAdded,
    onError,
  });
  const checks = new DeliveryChecks({
    ...store,
    store: store.webhooks,
    webhooks,
    directory,
    clock,
    tellsOf,
    onAdded,
  });
  const rate = new TokenBuckets({ capacity: saidAtOnce, fillMs: 60_000, now: () => clock.now() });
  await webhooks.open();
  return {
    webhooks,
    observer: happenings,
    operations: webhookOperations({
      webhooks,
      queue,
      clock,
      tellsOf,
      take: (uid) => rate.take(uid),
      randomId,
    }),
    onCame: (uid: number) => users.came(uid),
    onLeft: (uid: number) => users.left(uid),
    /** Begins to send. */
    start(background: Background, presence: Presence, others: OtherNodes): void {
      noteUsers = () => {
        users.note(presence.held()).catch(onError);
      };
      look = background.repeat(1_000, () => (webhooks.any ? sender.look() : Promise.resolve()));
      background.repeat(1_000, (goOn) => (webhooks.any ? checks.run(goOn) : Promise.resolve()));
      // At first what a process before this one has left, then what other nodes have.
      let before = Number.MAX_SAFE_INTEGER;
      const tellLeftBehind = background.repeat(leftBehindMs, async (goOn) => {
        if (webhooks.any) await leftBehind.run(before, goOn);
        before = clock.now() - leftBehindMs;
      });
      tellLeftBehind();
      background.repeat(60_000, () => webhooks.reload());
      // A node that is cut off does not know who lives.
      background.repeat(20_000, async (goOn) => {
        if (bus.connected) await users.forgetNodes((name) => others.has(name), goOn);
      });
    },
    /** To be called when nobody is connected any more. */
    async close(): Promise<void> {
      await Promise.all([users.close(), queue.close(), sender.close()]);
    },
  };
}
