import type { DeliveryCheck, MessageLog, NewWebhookEvent, WebhookNote, WebhookStore } from '@stoa/storage';
import type { Directory } from '../directory/index.ts';
import type { Happenings } from './happenings.ts';
import type { WebhookQueue } from './queue.ts';

export interface LeftBehindOptions {
  readonly store: Pick<WebhookStore, 'notes'>;
  readonly log: Pick<MessageLog, 'read' | 'conversation'>;
  readonly directory: Pick<Directory, 'byUid'>;
  readonly happenings: Pick<Happenings, 'ofMessage' | 'ofMove'>;
  readonly queue: Pick<WebhookQueue, 'add'>;
}

/**
 * Tells what happened on a node that ended before it had put the events into the queues: the store has notes of it, written
 * together with what happened. An event has the same id whoever adds it, so that adding it twice does no harm.
 */
export class LeftBehind {
  readonly #options: LeftBehindOptions;

  constructor(options: LeftBehindOptions) {
    this.#options = options;
  }

  /** Goes through what was noted before `before`, as long as it may. */
  async run(before: number, goOn: () => boolean): Promise<void> {
    const { store, queue } = this.#options;
    while (goOn()) {
      const notes = await store.notes(before, notesAtOnce);
      if (notes.length === 0) return;
      const found = await Promise.all(notes.map((note) => this.#newsOf(note)));
      await queue.add(
        found.flatMap(({ events }) => events),
        found.flatMap(({ checks }) => checks),
        notes,
      );
    }
  }

  async #newsOf({ kind, conv, uid, seq, at }: WebhookNote & { readonly at: number }): Promise<{
    events: NewWebhookEvent[];
    checks: DeliveryCheck[];
  }> {
    const { log, directory, happenings } = this.#options;
    const [key, person] = [(await log.conversation(conv))?.key, await directory.byUid(uid)];
    // Of what is gone meanwhile there is nothing to tell.
    if (key === undefined || person === undefined) return nothing;
    const { aid } = key;
    if (kind !== 'message') {
      const user = { aid, uid, address: person.address };
      return { events: happenings.ofMove(user, { kind, conv, seq }, at), checks: [] };
    }
    const [message] = await log.read(conv, { after: seq - 1, limit: 1 });
    if (message === undefined || message.seq !== seq) return nothing;
    const base = { aid, message, from: person.address };
    if (key.kind === 'group') return happenings.ofMessage({ ...base, gid: key.gid });
    const receiver = key.a === uid ? key.b : key.a;
    const to = (await directory.byUid(receiver))?.address;
    return to === undefined ? nothing : happenings.ofMessage({ ...base, receiver, to });
  }
}

const nothing = { events: [], checks: [] };
const notesAtOnce = 200;
