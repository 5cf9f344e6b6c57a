import type { DeliveryCheck, NewWebhookEvent, Webhook } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import type { GroupChangeObserver } from '../groups/index.ts';
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
  /** Whether the app is told of messages of this user. */
  readonly tellsOf: TellsOf;
  /** Something waits to be sent that was not added to the queue here. */
  readonly onAdded: () => void;
  readonly onError: (error: unknown) => void;
}

export type TellsOf = (sender: { readonly aid: number; readonly uid: number }) => boolean | Promise<boolean>;

/** Turns what happens on a node into events for those who want to be told. */
export class Happenings implements MessageObserver, GroupChangeObserver {
  readonly #options: HappeningsOptions;

  constructor(options: HappeningsOptions) {
    this.#options = options;
  }

  wants(aid: number): boolean {
    const { webhooks } = this.#options;
    return webhooks.wants(aid, 'message') || webhooks.wants(aid, 'message.offline');
  }

  async stored(observed: ObservedMessage): Promise<void> {
    const { conv, sender: uid, seq } = observed.message;
    const { events, checks } = await this.ofMessage(observed);
    await this.#options.queue.add(events, checks, [{ kind: 'message', conv, uid, seq }]);
  }

  /** What is told of a message, and what is to be looked at later. */
  async ofMessage(
    observed: ObservedMessage,
  ): Promise<{ events: NewWebhookEvent[]; checks: DeliveryCheck[] }> {
    const { webhooks, clock, tellsOf } = this.#options;
    const { aid, message } = observed;
    const { mid, sender, special } = message;
    if (!(await tellsOf({ aid, uid: sender }))) return { events: [], checks: [] };
    const isMessage = special === null || special.event === null;
    const isChecked = isMessage && observed.receiver !== sender && webhooks.wants(aid, 'message.offline');
    const events = webhooks.wants(aid, 'message')
      ? eventsFor(webhooks.of(aid, 'message'), messageEvent(hookMessage(observed)), clock.now())
      : [];
    return { events, checks: isChecked ? [{ mid, dueAt: clock.now() + offlineMs }] : [] };
  }

  wantsMoves(aid: number): boolean {
    return this.#options.webhooks.wants(aid, 'message.status');
  }

  /** A member's cursors have moved. */
  moved({ aid, uid, address, conv, delivered, read, at }: CursorsMoved): void {
    if (!this.wantsMoves(aid)) return;
    const places = { delivered, read };
    for (const kind of ['delivered', 'read'] as const) {
      const seq = places[kind];
      if (seq === undefined) continue;
      const events = this.ofMove({ aid, uid, address }, { kind, conv, seq }, at);
      this.#options.queue.add(events, [], [{ kind, conv, uid, seq }]).catch(this.#options.onError);
    }
  }

  /** What is told of a cursor that has come to a place. */
  ofMove(
    { aid, ...user }: { aid: number; uid: number; address: string },
    { kind, conv, seq }: { kind: 'delivered' | 'read'; conv: number; seq: number },
    at: number,
  ): NewWebhookEvent[] {
    const { webhooks, clock } = this.#options;
    return eventsFor(
      webhooks.of(aid, 'message.status'),
      statusEvent(user, { conv, seq, status: kind }, at),
      clock.now(),
    );
  }

  /** What is told of a change of a group, when it is known of which one. */
  async groupEvents(
    item: Parameters<GroupChangeObserver['groupEvents']>[0],
  ): ReturnType<GroupChangeObserver['groupEvents']> {
    const { caller, group, change, now, isNew = false } = item;
    const { aid } = group;
    const { webhooks } = this.#options;
    if (!webhooks.wants(aid, 'group')) return () => [];
    const by = caller.address === null ? {} : { by: caller.address };
    const name = change.group?.name ?? group.name;
    const told: Omit<GroupHappening, 'gid' | 'epoch'>[] = [];
    const tell = (status: GroupHappening['status'], more: Partial<GroupHappening> = {}): void => {
      told.push({ name, status, ...by, ...more });
    };
    if (change.deleted === true) tell('deleted');
    else {
      if (isNew) tell('created');
      if (change.group !== undefined) tell('changed');
      const put = (change.put ?? []).map(({ uid }) => uid);
      for (const users of parts(put)) tell('members', { put: await this.#addresses(users) });
      for (const users of parts(change.remove ?? []))
        tell('members', { removed: await this.#addresses(users) });
      for (const users of parts(change.putRequests ?? [])) {
        tell('members', { requests: await this.#addresses(users) });
      }
    }
    return (made) =>
      told.flatMap((happening) =>
        eventsFor(webhooks.of(aid, 'group'), groupEvent({ ...happening, ...made }, now), now),
      );
  }

  groupChanged(): void {
    this.#options.onAdded();
  }

  async #addresses(uids: readonly number[]): Promise<string[]> {
    const found = await Promise.all(uids.map((uid) => this.#options.addressOf(uid)));
    return found.filter((address) => address !== undefined);
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
