import type { FastifyRequest } from 'fastify';
import type { HttpOptions } from './http-options.ts';
import { originOf } from './origin.ts';

/** Address at which the messenger joins the group with the PIN. What is behind the `#` is sent to no server. */
export function inviteLink(
  { publicUrl }: Pick<HttpOptions['settings'], 'publicUrl'>,
  request: FastifyRequest,
  { gid, pin }: { readonly gid: number; readonly pin: number },
): string {
  return `${publicUrl ?? originOf(request)}/messenger/#/join/${gid}-${pin}`;
}
