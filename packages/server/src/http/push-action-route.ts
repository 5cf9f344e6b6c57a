import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { HttpOptions } from './http-options.ts';

const Ticket = Type.String({ minLength: 1, maxLength: 256 });
const Action = Type.Union([
  Type.Object({ ticket: Ticket, action: Type.Literal('read') }),
  Type.Object({
    ticket: Ticket,
    action: Type.Literal('reply'),
    text: Type.String({ minLength: 1, maxLength: 10_000 }),
  }),
]);

/** What the buttons of a notification ask for, while no page is open: with the ticket that came with it. */
export function pushActionRoute(app: FastifyInstance, { pushActions }: HttpOptions): void {
  app.post<{ Body: Static<typeof Action> }>(
    '/push/actions',
    { schema: { body: Action } },
    async (request) => {
      const { ticket, ...action } = request.body;
      await pushActions.perform(ticket, action);
      return {};
    },
  );
}
