import type { FastifyRequest } from 'fastify';
import type { Uploader } from '../../files/index.ts';
import { bearerToken } from '../administrator-access.ts';
import type { HttpOptions } from '../http-options.ts';

/**
 * The user whose token came as `Authorization: Bearer …`. A token that was issued for an app name needs that name in
 * `stoa-app`.
 *
 * @throws StoaError BAD_TOKEN, TOKEN_EXPIRED, WRONG_APP or SUSPENDED
 */
export async function uploaderOf(request: FastifyRequest, users: HttpOptions['users']): Promise<Uploader> {
  const { 'stoa-app': app } = request.headers;
  const { user } = await users.authenticate(bearerToken(request), typeof app === 'string' ? app : undefined);
  return { aid: user.aid, uid: user.uid };
}
