import type { NewWebhookEvent, Webhook } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import type { GroupNewsItem } from '../groups/index.ts';
import type { MessageObserver, ObservedMessage } from '../messages/index.ts';
import type { CursorsMoved } from '../receipts/index.ts';
import { type GroupHappening, groupEvent, type HookEvent, messageEvent, statusEvent } from './events.ts';
import type { WebhookKind } from './kinds.ts';
import type { WebhookQueue } from './queue.ts';

export interface HappeningsOptions {
  readonly webhooks: {
    wants(aid: number, kind: WebhookKind): boolean;
    of(aid: number, kind: WebhookKind): readonly Webhook[];
  };
  readonly queue: Pick<WebhookQueue, 'add'>;
  readonly clock: Clock;
  readonly addressOf: (uid: number) => Promise<string | undefined>;
  readonly onError: (error: unknown) => void;
}

/** Turns what happens on a node into events for those who want to be told. */
export class Happenings implements MessageObserver {
  readonly #options: HappeningsOptions;

  constructor(options: HappeningsOptions) {
    this.#options = options;
  }

  wants(aid: number): boolean {
    const { webhooks } = this.#options;
    return webhooks.wants(aid, 'message') || webhooks.wants(aid, 'message.offline');
  }

  async stored(observed: ObservedMessage): Promise<void> {
    const { webhooks, queue, clock } = this.#options;
    const { aid, message } = observed;
    const { mid, sender, special } = message;
    const isMessage = special === null || special.event === null;
    const isChecked = isMessage && observed.receiver !== sender && webhooks.wants(aid, 'message.offline');
    const events = webhooks.wants(aid, 'message')
      ? eventsFor(webhooks.of(aid, 'message'), messageEvent(hookMessage(observed)), clock.now())
      : [];
    await queue.add(events, isChecked ? [{ mid, dueAt: clock.now() + offlineMs }] : []);
  }

  /** A member's cursors have moved. */
  moved({ aid, uid, address, conv, delivered, read, at }: CursorsMoved): void {
    if (!this.#options.webhooks.wants(aid, 'message.status')) return;
    const user = { uid, address };
    if (delivered !== undefined) {
      this.#tell(aid, 'message.status', statusEvent(user, { conv, seq: delivered, status: 'delivered' }, at));
    }
    if (read !== undefined) {
      this.#tell(aid, 'message.status', statusEvent(user, { conv, seq: read, status: 'read' }, at));
    }
  }

  /** A group has changed. */
  group(item: GroupNewsItem): void {
    if (!this.#options.webhooks.wants(item.group.aid, 'group')) return;
    this.#group(item).catch(this.#options.onError);
  }

  async #group({ caller, group, change, epoch, now }: GroupNewsItem): Promise<void> {
    const { gid, aid } = group;
    const by = caller.address === null ? {} : { by: caller.address };
    const name = change.group?.name ?? group.name;
    const tell = (status: GroupHappening['status'], more: Partial<GroupHappening> = {}): void =>
      this.#tell(aid, 'group', groupEvent({ gid, name, epoch, status, ...by, ...more }, now));
    if (change.deleted === true) return tell('deleted');
    // A group that was just made has the epoch that it was made with.
    if (epoch === group.epoch) tell('created');
    if (change.group !== undefined) tell('changed');
    const put = (change.put ?? []).map(({ uid }) => uid);
    for (const users of parts(put)) tell('members', { put: await this.#addresses(users) });
    for (const users of parts(change.remove ?? []))
      tell('members', { removed: await this.#addresses(users) });
    for (const users of parts(change.putRequests ?? [])) {
      tell('members', { requests: await this.#addresses(users) });
    }
  }

  async #addresses(uids: readonly number[]): Promise<string[]> {
    const found = await Promise.all(uids.map((uid) => this.#options.addressOf(uid)));
    return found.filter((address) => address !== undefined);
  }

  #tell(aid: number, kind: WebhookKind, event: HookEvent): void {
    const { webhooks, queue, clock, onError } = this.#options;
    queue.add(eventsFor(webhooks.of(aid, kind), event, clock.now())).catch(onError);
  }
}

export function eventsFor(
  webhooks: readonly Webhook[],
  { id, fields }: HookEvent,
  now: number,
): NewWebhookEvent[] {
  if (webhooks.length === 0) return [];
  const body = JSON.stringify(fields);
  return webhooks.map((webhook) => ({ webhook: webhook.id, event: id, at: now, body }));
}

export function hookMessage({ message, from, to, gid }: ObservedMessage) {
  const { mid, conv, seq, ts, type, flags, ref, special, content } = message;
  const sides = { from, ...(to === undefined ? {} : { to }), ...(gid === undefined ? {} : { gid }) };
  return { mid, conv, seq, ts, type, flags, ref, special, content, ...sides };
}

function* parts<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += usersPerEvent)
    yield items.slice(from, from + usersPerEvent);
}

export const usersPerEvent = 500;
/** A message that nobody has received in this time is for somebody who is offline. */
const offlineMs = 10_000;
