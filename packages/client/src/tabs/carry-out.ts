import { type Content, StoaError } from '@stoa/protocol';
import { conversationId, newConversation } from '../conversations/index.ts';
import type { LocalClient } from '../local-client.ts';
import type { PendingChange } from '../messages/index.ts';
import type { HandedIn, SendOptions } from '../outbox/index.ts';
import type { Changing, Draft, LocalMessage, Sending, Target } from '../types.ts';
import type { Call } from './tab-messages.ts';
import { fromWireError } from './wire-errors.ts';

/** The arguments of a `send` between tabs. */
export type SendCall = [target: Target, draft: Draft, options: SendOptions & { readonly handedIn: HandedIn }];
/** The arguments of a `change` between tabs: an edit when there is a content, else a recall. */
export type ChangeCall = [message: LocalMessage, content: Content | undefined];

/** The arguments of a `mark` between tabs. */
export type MarkCall = [message: LocalMessage, change: PendingChange];

/** What came of something that a leader before has done. */
type Done = readonly [answer: unknown];

/**
 * Carries out what tabs ask for. Messages and changes are begun in the order in which they came, although it has to be
 * looked up first whether a leader before has done them; nothing waits while nothing is looked up.
 */
export class CarryOut {
  readonly #client: LocalClient;
  /** The last one that has not ended. Never rejects. */
  #lookUp: Promise<Done | undefined> | undefined;

  constructor(client: LocalClient) {
    this.#client = client;
  }

  /** Resolves to what the application of the tab gets. */
  async run({ name, args, again }: Call): Promise<unknown> {
    const client = this.#client;
    if (!sends.test(name)) return methodOf(client, name)(...args);
    if (again || this.#lookUp !== undefined) {
      // Not before those before it have begun: they may make a difference.
      const lookUp = Promise.resolve(this.#lookUp)
        .then(() => (again ? doneBefore(client, name, args) : undefined))
        .catch((error: unknown) => [Promise.reject(error)] as const);
      this.#lookUp = lookUp;
      const done = await lookUp;
      if (this.#lookUp === lookUp) this.#lookUp = undefined;
      if (done !== undefined) return done[0];
    }
    return begin(client, name, args);
  }
}

/** Names of calls that send something, so that their order counts. */
export const sends = /^(send|change|mark)$/;

function begin(client: LocalClient, name: string, args: Call['args']): Promise<unknown> | undefined {
  const change = args[1] === undefined ? 'recall' : 'edit';
  const begun = methodOf(client, name === 'change' ? change : name)(...args) as Partial<Sending & Changing>;
  return begun.sent ?? begun.done;
}

async function doneBefore(client: LocalClient, name: string, args: Call['args']): Promise<Done | undefined> {
  if (name === 'send') return sentBefore(client, args as SendCall);
  // To mark once more says nothing new.
  const isDone = name === 'change' && (await isChanged(client, args as ChangeCall));
  return isDone ? [undefined] : undefined;
}

/** A method of the client by its name. */
export function methodOf(client: LocalClient, name: string): (...args: readonly unknown[]) => unknown {
  const method: unknown = name in Object.prototype ? undefined : client[name as keyof LocalClient];
  if (typeof method !== 'function') {
    throw new StoaError('UNKNOWN_OPERATION', `Another tab asked for "${name}", which this one cannot do.`);
  }
  return method.bind(client);
}

/** A message that a leader before has stored is the message. */
async function sentBefore(client: LocalClient, [target, , options]: SendCall): Promise<Done | undefined> {
  const { data, outbox, view } = client.core;
  const id = conversationId(target);
  const isIt = ({ key }: { readonly key?: string }): boolean => key === options.handedIn.key;
  const record = await data.read(
    async (store) =>
      outbox.waiting().find(isIt) ?? (await store.messages(id, { limit: lookedAt })).find(isIt),
  );
  if (record === undefined) return undefined;
  if (record.pending !== undefined) return [outbox.answerTo(record.id)];
  if (record.error !== undefined) throw fromWireError(record.error);
  return [view.of(record, data.conversation(id) ?? newConversation(id))];
}

/** Whether a leader before has seen to it that the message is as it should be. */
async function isChanged(
  client: LocalClient,
  [{ conversation, order, id }, content]: ChangeCall,
): Promise<boolean> {
  const { data, view } = client.core;
  return data.read(async (store) => {
    const record = data.conversation(conversation);
    const newest = await store.messages(conversation, { limit: lookedAt });
    const stored =
      (await store.message(conversation, order)) ?? newest.find((one) => one.outgoing && one.id === id);
    if (record === undefined || stored === undefined) return content === undefined;
    const now = view.of(stored, record);
    if (now.changing !== undefined) return false;
    if (content === undefined) return now.gone !== undefined;
    return now.gone === undefined && JSON.stringify(now.content) === JSON.stringify(content);
  });
}

/** What was handed in a moment ago is among the newest messages. */
const lookedAt = 500;
