import { StoaError } from '@stoa/protocol';
import type { FastifyRequest } from 'fastify';
import type { HttpOptions } from './http-options.ts';

type Needs = Pick<HttpOptions, 'administrator' | 'limits'>;

/**
 * Lets pass who knows the administrator's password.
 *
 * @throws StoaError BAD_CREDENTIALS, or RATE_LIMITED after too many wrong ones from the same address
 */
export async function requireAdministrator(
  password: string,
  request: FastifyRequest,
  { administrator, limits }: Needs,
): Promise<void> {
  const client = limits.clientOf(request.raw);
  const retryAfterMs = limits.passwordDelay(client);
  if (retryAfterMs > 0) {
    throw new StoaError('RATE_LIMITED', 'Too many wrong passwords from this address.', { retryAfterMs });
  }
  if (password !== '' && (await administrator.isPassword(password))) return;
  if (password !== '') limits.wrongPassword(client);
  throw new StoaError('BAD_CREDENTIALS', "The administrator's password is missing or wrong.", {
    hint: 'It was printed at the first start. Send it as HTTP Basic authentication of the user "admin", or as "key" to /backend.',
  });
}

/** The password of HTTP Basic authentication (RFC 7617) for the user "admin"; empty when there is none. */
export function basicPassword(request: FastifyRequest): string {
  const encoded = /^Basic ([A-Za-z0-9+/=_-]{1,1024})$/i.exec(request.headers.authorization ?? '')?.[1];
  const [, password] = /^admin:(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? [];
  return password ?? '';
}

/** The token of `Authorization: Bearer …` (RFC 6750); empty when there is none. */
export function bearerToken(request: FastifyRequest): string {
  return /^Bearer ([^\s,]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
}
