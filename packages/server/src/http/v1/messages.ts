import { limits, StoaError } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import Type from 'typebox';
import { maxReceivers, requireReceivers } from '../receivers.ts';
import { sendAt } from '../send-at.ts';
import { IdempotencyHeader, messageIdOf } from './idempotency.ts';
import { contentOf, MessageContent } from './message-content.ts';
import { callerOf, type V1Scope, type V1Services } from './route-context.ts';
import { answers, ref, SentMessage } from './schemas.ts';

const NewMessage = Type.Object(
  {
    from: Type.String({ ...Address, description: 'Address of the sender.' }),
    to: Type.Optional(
      Type.Union([Address, Type.Array(Address, { minItems: 1, maxItems: maxReceivers })], {
        description: `Address of the receiver, or of up to ${maxReceivers} of them. Exactly one of "to" and "gid".`,
      }),
    ),
    gid: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 0xffff_ffff, description: 'The group that it is for.' }),
    ),
    forced: Type.Optional(
      Type.Boolean({ description: 'To a group: also when the sender himself might not send there.' }),
    ),
    content: MessageContent,
    type: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 0xffff_ffff, description: 'Any value of the application.' }),
    ),
    flags: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description:
          'Bits: 1 delivery receipt, 2 read receipt, 4 transient (not stored, reaches only devices that are connected now). Default 3.',
      }),
    ),
    expiry: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: limits.expirySeconds,
        description: 'Seconds that it may wait for delivery. Default one year.',
      }),
    ),
    at: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description:
          'When it is to be sent, in milliseconds since 1970, at the latest in a year; a time that has passed means now. Not for transient messages.',
      }),
    ),
    localId: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 0xffff_ffff, description: 'Any id of the sender.' }),
    ),
  },
  { examples: [{ from: 'alice', to: 'bob', content: { text: 'Tea at five?' } }] },
);

const Sent = Type.Object(
  { data: Type.Array(ref(SentMessage), { description: 'One entry for each receiver.' }) },
  { examples: [{ data: [{ to: 'bob', mid: 1387628, conv: 3, seq: 12, ts: 1767225600000 }] }] },
);

const Scheduled = Type.Object(
  {
    data: Type.Array(
      Type.Object({
        to: Type.Optional(Type.String({ description: 'Address of the receiver.' })),
        gid: Type.Optional(Type.Integer({ description: 'The group.' })),
        at: Type.Integer({ minimum: 0, description: 'When it will be sent, in milliseconds since 1970.' }),
      }),
      { description: 'One entry for each receiver.' },
    ),
  },
  { examples: [{ data: [{ to: 'bob', at: 1767312000000 }] }] },
);

/** Messages that the back end sends in the name of its users. */
export function messageRoutes(scope: V1Scope, services: V1Services): void {
  scope.post(
    '/messages',
    {
      schema: {
        operationId: 'sendMessage',
        summary: 'Send a message in the name of a user',
        description:
          'Answers when the message is stored durably. With several receivers, nothing is sent unless all of them exist. With an idempotency key, repeating the request returns the first result, however much later.',
        tags: ['Messages'],
        security: [{ appToken: [] }],
        headers: IdempotencyHeader,
        body: NewMessage,
        response: {
          ...answers(201, Sent, 'The message is stored.'),
          ...answers(202, Scheduled, 'The message will be sent at its time.'),
        },
      },
    },
    async (request, reply) => {
      const { aid } = callerOf(request);
      const { to, gid, forced = false, at, content: written, ...message } = request.body;
      const content = contentOf(written);
      if ((to === undefined) === (gid === undefined)) {
        throw new StoaError('BAD_REQUEST', 'Exactly one of "to" and "gid" must be given.');
      }
      if (gid !== undefined) {
        const key = request.headers['idempotency-key'];
        const id = key === undefined ? null : messageIdOf(key, `group ${gid}`);
        const one = { ...message, aid, gid, forced, content, id };
        if (at !== undefined) {
          return reply.status(202).send({ data: [{ gid, at: await sendAt(services, one, at) }] });
        }
        const { mid, conv, seq, ts } = await services.groups.sendFromBackend(one);
        return reply.status(201).send({ data: [{ gid, mid, conv, seq, ts }] });
      }
      const receivers = [...new Set(typeof to === 'string' ? [to] : (to ?? []))];
      const key = request.headers['idempotency-key'];
      await requireReceivers(services, { aid, from: message.from, forced }, receivers);
      const toSend = receivers.map((to) => {
        const id = key === undefined ? null : messageIdOf(key, to);
        return { ...message, aid, to, content, id };
      });
      if (at !== undefined) {
        const data = await Promise.all(
          toSend.map(async (one) => ({ to: one.to, at: await sendAt(services, one, at) })),
        );
        return reply.status(202).send({ data });
      }
      const data = await Promise.all(
        toSend.map(async (one) => {
          const { mid, conv, seq, ts } = await services.send(one);
          return { to: one.to, mid, conv, seq, ts };
        }),
      );
      return reply.status(201).send({ data });
    },
  );
}
