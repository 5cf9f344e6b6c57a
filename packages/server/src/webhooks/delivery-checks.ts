import type { CursorStore, GroupStore, MessageLog, NewWebhookEvent, WebhookStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import type { Directory, Person } from '../directory/index.ts';
import { offlineEvent } from './events.ts';
import { eventsFor, hookMessage, type TellsOf, usersPerEvent } from './happenings.ts';
import type { Webhooks } from './webhooks.ts';

export interface DeliveryChecksOptions {
  readonly store: Pick<WebhookStore, 'dueChecks' | 'checked'>;
  readonly webhooks: Pick<Webhooks, 'of'>;
  readonly log: Pick<MessageLog, 'find' | 'conversation'>;
  readonly cursors: Pick<CursorStore, 'times'>;
  readonly groups: Pick<GroupStore, 'receipts'>;
  readonly directory: Pick<Directory, 'byUid'>;
  readonly clock: Clock;
  readonly tellsOf: TellsOf;
  readonly onAdded: () => void;
}

/** Looks, some seconds after a message, who has not received it. What two nodes find at once is told once. */
export class DeliveryChecks {
  readonly #options: DeliveryChecksOptions;

  constructor(options: DeliveryChecksOptions) {
    this.#options = options;
  }

  /** Goes through what is due, as long as it may. */
  async run(goOn: () => boolean): Promise<void> {
    const { store, clock, onAdded } = this.#options;
    while (goOn()) {
      const mids = await store.dueChecks(clock.now(), checksAtOnce);
      if (mids.length === 0) return;
      const found = await Promise.all(mids.map((mid) => this.#check(mid)));
      const events = found.flat();
      await store.checked(mids, events);
      if (events.length > 0) onAdded();
    }
  }

  async #check(mid: number): Promise<NewWebhookEvent[]> {
    const { log, directory, webhooks, clock, tellsOf } = this.#options;
    const message = await log.find(mid);
    const key = message && (await log.conversation(message.conv))?.key;
    // What is gone meanwhile is nothing to wake anybody for.
    if (message === undefined || key === undefined || message.content === null) return [];
    const wanting = webhooks.of(key.aid, 'message.offline');
    const sender = await directory.byUid(message.sender);
    if (wanting.length === 0 || sender === undefined || !(await tellsOf(sender))) return [];
    const away = await this.#away(message, key);
    const [other] = away;
    if (other === undefined) return [];
    const sides = key.kind === 'group' ? { gid: key.gid } : { to: other.address };
    const observed = { aid: key.aid, message, from: sender.address, ...sides };
    const events: NewWebhookEvent[] = [];
    for (let from = 0, part = 0; from < away.length; from += usersPerEvent, part += 1) {
      const users = away.slice(from, from + usersPerEvent);
      const event = offlineEvent(hookMessage(observed), users, part, clock.now());
      events.push(...eventsFor(wanting, event, clock.now()));
    }
    return events;
  }

  /** The receivers of whom no device has it. */
  async #away(
    { conv, seq, sender }: { readonly conv: number; readonly seq: number; readonly sender: number },
    key: { readonly kind: 'pair'; readonly a: number; readonly b: number } | { readonly kind: 'group' },
  ): Promise<Person[]> {
    const { cursors, groups, directory } = this.#options;
    let uids: number[];
    if (key.kind === 'pair') {
      const receiver = key.a === sender ? key.b : key.a;
      const { deliveredAt } = await cursors.times(conv, receiver, seq);
      uids = deliveredAt === null ? [receiver] : [];
    } else {
      const receipts = await groups.receipts({ conv, seq, limit: groupMembersChecked });
      uids = receipts
        .filter(({ uid, deliveredAt }) => uid !== sender && deliveredAt === null)
        .map(({ uid }) => uid);
    }
    const people = await Promise.all(uids.map((uid) => directory.byUid(uid)));
    return people.filter((person) => person !== undefined && !person.removed) as Person[];
  }
}

const checksAtOnce = 100;
/** Of a larger group, the others are not looked at. */
const groupMembersChecked = 5_000;
