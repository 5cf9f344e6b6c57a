import { limits, StoaError } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import Type from 'typebox';
import { callerOf, type V1Scope, type V1Services } from './route-context.ts';
import { answers } from './schemas.ts';

const Gid = Type.Object({ gid: Type.Integer({ minimum: 1, maximum: 0xffff_ffff }) });

const Request = Type.Object(
  {
    address: Type.String({
      ...Address,
      description: 'User as whom is published or watched, if he may at that time.',
    }),
    may: Type.Optional(
      Type.Union([Type.Literal('publish'), Type.Literal('subscribe')], {
        default: 'publish',
        description: '`publish` for an encoder (WHIP), `subscribe` for a player (WHEP).',
      }),
    ),
    expiresIn: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: limits.mediaTokenSeconds,
        default: 3600,
        description: 'Seconds in which sessions may be begun.',
      }),
    ),
  },
  { examples: [{ address: 'alice', expiresIn: 3600 }] },
);

const MediaToken = Type.Object({
  token: Type.String({ description: 'A secret: the bearer token of the encoder or player.' }),
  url: Type.String({ description: 'WHIP (RFC 9725) or WHEP (draft-ietf-wish-whep) endpoint.' }),
  expiresAt: Type.Integer({ minimum: 0, description: 'In milliseconds since 1970.' }),
});

/** Tokens with which encoders publish into the room of a group, and players watch it. */
export function mediaTokenRoutes(scope: V1Scope, { users, groups, media, settings }: V1Services): void {
  scope.post(
    '/groups/:gid/media-tokens',
    {
      schema: {
        operationId: 'createMediaToken',
        summary: 'Let an encoder publish, or a player watch',
        description:
          'A token for WHIP (RFC 9725) or WHEP, good for one room and user. It cannot be taken back; his rights can.',
        tags: ['Groups'],
        security: [{ appToken: [] }],
        params: Gid,
        body: Request,
        response: answers(201, MediaToken, 'The token.'),
      },
    },
    async (request, reply) => {
      const { aid } = callerOf(request);
      const { gid } = request.params;
      const { address, expiresIn = 3600, may = 'publish' } = request.body;
      if (media === undefined) throw new StoaError('UNAVAILABLE', 'This server has no rooms.');
      await groups.groups.get({ aid, uid: null, address: null }, gid);
      const { uid } = await users.byAddress(aid, address);
      const issued = media.issue({ aid, gid, uid, may }, expiresIn);
      const path = `/rooms/${gid}/${may === 'publish' ? 'whip' : 'whep'}`;
      return reply.status(201).send({ ...issued, url: `${settings.publicUrl ?? ''}${path}` });
    },
  );
}
