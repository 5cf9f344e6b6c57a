import { limits, messageFlags, StoaError } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import Type, { type Static } from 'typebox';
import type { HttpOptions } from '../http-options.ts';
import { maxReceivers, requireReceivers } from '../receivers.ts';
import { sendAt } from '../send-at.ts';
import { appCaller } from './callers.ts';
import { contentOf, MessageContent, messageContentSpellings } from './message-content.ts';
import { operation } from './operation.ts';
import { either } from './parameters.ts';

const Parameters = Type.Object({
  from: Address,
  /** Receivers, separated by commas. */
  to: Type.Optional(Type.String({ maxLength: maxReceivers * (limits.addressLength + 1) })),
  gid: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffff_ffff })),
  type: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffff_ffff })),
  /** Seconds; 0 is for receivers that are online now. */
  expiry: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.expirySeconds })),
  /** When it is to be sent, in milliseconds or seconds since 1970; 0 for now. */
  when: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  flags: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  /** To a group: also when the sender himself might not. */
  forced: Type.Optional(Type.Boolean()),
  ...MessageContent.properties,
});
type Parameters = Static<typeof Parameters>;

/** Sends a message in the name of a user, to one or more users, or to a group. */
const message = operation({
  names: ['message'],
  by: appCaller,
  parameters: Parameters,
  spellings: {
    from: either('message', 'from'),
    to: either('message', 'to'),
    gid: either('message', 'gid', 'groupid'),
    type: either('message', 'type'),
    expiry: either('message', 'expiry'),
    when: either('message', 'when'),
    flags: either('message', 'flags', 'flag'),
    forced: either('message', 'forced'),
    ...messageContentSpellings,
  },
  run: async (parameters, { aid }, { services }) => {
    const { gid = 0 } = parameters;
    if (gid > 0) return sendToGroup(parameters, gid, aid, services);
    const receivers = receiversOf(parameters);
    const content = contentOf(parameters);
    const { from, forced = false } = parameters;
    const how = delivery(parameters);
    await requireReceivers(services, { aid, from, forced }, receivers);
    if (parameters.when !== undefined && parameters.when > 0) {
      const at = millisecondsOf(parameters.when);
      const times = await Promise.all(
        receivers.map((to) => sendAt(services, { aid, from, to, content, ...how }, at)),
      );
      return { when: times[0] };
    }
    const sent = await Promise.all(
      receivers.map(async (to) => {
        const { mid } = await services.send({ aid, from, to, content, forced, ...how });
        return { to, mid };
      }),
    );
    return { mid: sent[0]?.mid, ...(sent.length > 1 ? { messages: sent } : {}) };
  },
});

async function sendToGroup(parameters: Parameters, gid: number, aid: number, services: HttpOptions) {
  const { from, forced = false, when = 0 } = parameters;
  const message = { aid, from, gid, content: contentOf(parameters), forced, ...delivery(parameters) };
  if (when > 0) return { when: await sendAt(services, message, millisecondsOf(when)) };
  const { mid } = await services.groups.sendFromBackend(message);
  return { mid };
}

/** How the message is delivered; an expiry of 0 means without storing it. */
function delivery({ type, flags, expiry }: Parameters) {
  const transient = expiry === 0 ? messageFlags.transient : 0;
  return {
    ...(type === undefined ? {} : { type }),
    ...(flags === undefined && transient === 0 ? {} : { flags: withBits(flags ?? 0, transient) }),
    ...(expiry === undefined || expiry === 0 ? {} : { expiry }),
  };
}

/** Sets bits in a number that may have more than 32 of them. */
function withBits(flags: number, bits: number): number {
  return Number(BigInt(flags) | BigInt(bits));
}

/** A time that cannot be in milliseconds is in seconds: of no other than the near future do both make sense. */
const millisecondsOf = (when: number): number => (when < 1e11 ? when * 1000 : when);

function receiversOf({ to }: Parameters): string[] {
  const receivers = [...new Set((to ?? '').split(',').map((address) => address.trim()))].filter(Boolean);
  if (receivers.length === 0) throw new StoaError('BAD_REQUEST', '"to" must name at least one receiver.');
  if (receivers.length > maxReceivers) {
    throw new StoaError(
      'TOO_LARGE',
      `"to" names ${receivers.length} receivers; the limit is ${maxReceivers}.`,
    );
  }
  return receivers;
}

/** Names a message of the app by its id, for the operations that change one. */
const MessageName = Type.Object({ mid: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const messageNameSpellings = { mid: either('message', 'mid', 'id') };

/** Gives a message another content, for everybody. */
const messageset = operation({
  names: ['messageset'],
  by: appCaller,
  parameters: Type.Object({ ...MessageName.properties, ...MessageContent.properties }),
  spellings: { ...messageNameSpellings, ...messageContentSpellings },
  run: async ({ mid, ...said }, { aid }, { services }) => {
    await services.changeMessage({ aid, mid, event: 'edit', content: contentOf(said) });
    return { mid };
  },
});

/** Recalls a message from everybody. */
const messagedel = operation({
  names: ['messagedel'],
  by: appCaller,
  parameters: MessageName,
  spellings: messageNameSpellings,
  run: async ({ mid }, { aid }, { services }) => {
    await services.changeMessage({ aid, mid, event: 'recall' });
    return { mid };
  },
});

export const messageOperations = [message, messageset, messagedel];
