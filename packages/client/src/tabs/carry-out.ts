import { type Content, StoaError } from '@stoa/protocol';
import { conversationId, newConversation } from '../conversations/index.ts';
import type { LocalClient } from '../local-client.ts';
import type { PendingChange } from '../messages/index.ts';
import type { HandedIn, SendOptions } from '../outbox/index.ts';
import type { Draft, LocalMessage, Target } from '../types.ts';
import type { Call } from './tab-messages.ts';
import { fromWireError } from './wire-errors.ts';

/** The arguments of a `send` between tabs. */
export type SendCall = [target: Target, draft: Draft, options: SendOptions & { readonly handedIn: HandedIn }];
/** The arguments of a `change` between tabs: an edit when there is a content, else a recall. */
export type ChangeCall = [message: LocalMessage, content: Content | undefined];

/** The arguments of a `mark` between tabs. */
export type MarkCall = [message: LocalMessage, change: PendingChange];

/** Carries out what a tab asks for; resolves to what its application gets. */
export async function carryOut(client: LocalClient, { name, args, again }: Call): Promise<unknown> {
  switch (name) {
    case 'start':
      return client.start();
    case 'send': {
      const [target, draft, options] = args as SendCall;
      if (again) return sendOnce(client, target, draft, options);
      return client.send(target, draft, options).sent;
    }
    case 'change': {
      const [message, content] = args as ChangeCall;
      if (again && (await isChanged(client, message, content))) return undefined;
      return (content === undefined ? client.recall(message) : client.edit(message, content)).done;
    }
    // Once more says nothing new.
    case 'mark':
      return client.mark(...(args as MarkCall)).done;
    default:
      return methodOf(client, name)(...args);
  }
}

/** A method of the client by its name. */
export function methodOf(client: LocalClient, name: string): (...args: readonly unknown[]) => unknown {
  const method: unknown = name in Object.prototype ? undefined : client[name as keyof LocalClient];
  if (typeof method !== 'function') {
    throw new StoaError('UNKNOWN_OPERATION', `Another tab asked for "${name}", which this one cannot do.`);
  }
  return method.bind(client);
}

/** Sends a message unless a leader before has stored it; then that one is the message. */
async function sendOnce(client: LocalClient, ...[target, draft, options]: SendCall): Promise<LocalMessage> {
  const { data, outbox, view } = client.core;
  const id = conversationId(target);
  const isIt = ({ key }: { readonly key?: string }): boolean => key === options.handedIn.key;
  const record = await data.read(
    async (store) =>
      outbox.waiting().find(isIt) ?? (await store.messages(id, { limit: lookedAt })).find(isIt),
  );
  if (record === undefined) return client.send(target, draft, options).sent;
  if (record.pending !== undefined) return outbox.answerTo(record.id);
  if (record.error !== undefined) throw fromWireError(record.error);
  return view.of(record, data.conversation(id) ?? newConversation(id));
}

/** Whether a leader before has seen to it that the message is as it should be. */
async function isChanged(
  client: LocalClient,
  { conversation, order, id }: LocalMessage,
  content: Content | undefined,
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
