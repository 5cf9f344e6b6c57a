import { limits } from '@stoa/protocol';
import { Address, Emoji } from '@stoa/protocol/validate';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { BackendMark } from '../../messages/index.ts';
import { MessageResource, messageResource } from './message-schemas.ts';
import { callerOf, type V1Scope, type V1Services } from './route-context.ts';
import { answers, ChangedMessage, ref } from './schemas.ts';

const tags = ['Messages'];
const security = [{ appToken: [] }];

const MessageId = Type.Object({
  mid: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Id of the message.' }),
});
const Gid = Type.Object({ gid: Type.Integer({ minimum: 1, maximum: 0xffff_ffff }) });
const Pair = Type.Object({ address: Address, peer: Address });

const from = Type.String({ ...Address, description: 'Address of the user who does it.' });
const on = Type.Optional(Type.Boolean({ description: 'False takes it away. Default true.' }));

const Reaction = Type.Object({ from, emoji: Emoji, on }, { examples: [{ from: 'bob', emoji: '👍' }] });
const Pin = Type.Object({ from, on }, { examples: [{ from: 'alice' }] });
const Vote = Type.Object(
  {
    from,
    options: Type.Array(Type.Integer({ minimum: 0, maximum: limits.pollOptions - 1 }), {
      maxItems: limits.pollOptions,
      uniqueItems: true,
      description: 'Places of the options that he votes for from now on; none takes his vote back.',
    }),
  },
  { examples: [{ from: 'bob', options: [1] }] },
);
const Close = Type.Object({ from }, { examples: [{ from: 'alice' }] });

const Pinned = Type.Object(
  { data: Type.Array(ref(MessageResource), { description: 'In the order in which they were pinned.' }) },
  { examples: [{ data: [] }] },
);

const asUser = 'What the user may not do himself is refused; devices are told as if he had done it.';

/** Reading a message with what is on it; reacting, pinning and voting in the name of users. */
export function messageMarkRoutes(scope: V1Scope, { markMessage, reading }: V1Services): void {
  const mark = async (
    request: FastifyRequest<{ Params: { mid: number } }>,
    what: Pick<BackendMark, 'from' | 'event' | 'content'>,
  ) => {
    const { mid } = request.params;
    const { conv, seq, ts } = await markMessage({ aid: callerOf(request).aid, mid, ...what });
    return { mid, conv, seq, ts };
  };
  const changed = (description: string) => answers(200, ref(ChangedMessage), description);

  scope.get(
    '/messages/:mid',
    {
      schema: {
        operationId: 'getMessage',
        summary: 'Read a message',
        description: 'With its reactions and votes, and whether it is pinned.',
        tags,
        security,
        params: MessageId,
        response: answers(200, ref(MessageResource), 'The message.'),
      },
    },
    async (request) => messageResource(await reading.message(callerOf(request).aid, request.params.mid)),
  );

  scope.post(
    '/messages/:mid/reactions',
    {
      schema: {
        operationId: 'reactToMessage',
        summary: 'React to a message in the name of a user',
        description: asUser,
        tags,
        security,
        params: MessageId,
        body: Reaction,
        response: changed('The reaction is on the message, or not any more.'),
      },
    },
    (request) => {
      const { from, emoji, on = true } = request.body;
      return mark(request, { from, event: 'react', content: { reaction: { emoji, on } } });
    },
  );

  scope.post(
    '/messages/:mid/pin',
    {
      schema: {
        operationId: 'pinMessage',
        summary: 'Pin a message in its conversation in the name of a user',
        description: `In a group this is for who may modify it. ${asUser}`,
        tags,
        security,
        params: MessageId,
        body: Pin,
        response: changed('The message is pinned, or not any more.'),
      },
    },
    (request) => {
      const { from, on = true } = request.body;
      return mark(request, { from, event: 'pin', content: { pin: { on } } });
    },
  );

  scope.post(
    '/messages/:mid/votes',
    {
      schema: {
        operationId: 'voteInPoll',
        summary: 'Vote in a poll in the name of a user',
        description: asUser,
        tags,
        security,
        params: MessageId,
        body: Vote,
        response: changed('The vote counts, unless the poll was closed at the same moment.'),
      },
    },
    (request) => {
      const { from, options } = request.body;
      return mark(request, { from, event: 'vote', content: { vote: { options } } });
    },
  );

  scope.post(
    '/messages/:mid/close',
    {
      schema: {
        operationId: 'closePoll',
        summary: 'Close a poll in the name of who asked',
        tags,
        security,
        params: MessageId,
        body: Close,
        response: changed('The poll takes no more votes.'),
      },
    },
    (request) => mark(request, { from: request.body.from, event: 'close', content: {} }),
  );

  scope.get(
    '/groups/:gid/pinned',
    {
      schema: {
        operationId: 'listPinnedInGroup',
        summary: 'List the pinned messages of a group',
        tags,
        security,
        params: Gid,
        response: answers(200, Pinned, 'What is pinned.'),
      },
    },
    async (request) => {
      const { gid } = request.params;
      return { data: (await reading.pinned(callerOf(request).aid, { gid })).map(messageResource) };
    },
  );

  scope.get(
    '/users/:address/pinned/:peer',
    {
      schema: {
        operationId: 'listPinnedOfUsers',
        summary: 'List the pinned messages of two users',
        tags,
        security,
        params: Pair,
        response: answers(200, Pinned, 'What is pinned.'),
      },
    },
    async (request) => {
      const { address, peer } = request.params;
      const pinned = await reading.pinned(callerOf(request).aid, { users: [address, peer] });
      return { data: pinned.map(messageResource) };
    },
  );
}
