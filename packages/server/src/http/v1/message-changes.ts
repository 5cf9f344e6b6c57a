import Type from 'typebox';
import { contentOf, MessageContent } from './message-content.ts';
import { callerOf, type V1Scope, type V1Services } from './route-context.ts';
import { answers, ChangedMessage, Nothing, ref } from './schemas.ts';

const tags = ['Messages'];
const security = [{ appToken: [] }];

const MessageId = Type.Object({
  mid: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Id of the message.' }),
});

const Edit = Type.Object({ content: MessageContent }, { examples: [{ content: { text: 'Tea at six.' } }] });

/** Moderation: the app changes messages of its users, whoever sent them and whenever. */
export function messageChangeRoutes(scope: V1Scope, { changeMessage }: V1Services): void {
  scope.patch(
    '/messages/:mid',
    {
      schema: {
        operationId: 'editMessage',
        summary: 'Edit a message',
        description: 'Gives it another content, on all devices. The users see it as edited by its sender.',
        tags,
        security,
        params: MessageId,
        body: Edit,
        response: answers(200, ref(ChangedMessage), 'The message has the new content.'),
      },
    },
    async (request) => {
      const { aid } = callerOf(request);
      const { mid } = request.params;
      const content = contentOf(request.body.content);
      const { conv, seq, ts } = await changeMessage({ aid, mid, event: 'edit', content });
      return { mid, conv, seq, ts };
    },
  );

  scope.delete(
    '/messages/:mid',
    {
      schema: {
        operationId: 'recallMessage',
        summary: 'Recall a message',
        description:
          'Removes its content from the server and, as soon as they are connected, from all devices.',
        tags,
        security,
        params: MessageId,
        response: answers(204, Nothing, 'Nothing is left of the message but its place.'),
      },
    },
    async (request, reply) => {
      await changeMessage({ aid: callerOf(request).aid, mid: request.params.mid, event: 'recall' });
      return reply.status(204).send(null);
    },
  );
}
