import { createHash } from 'node:crypto';
import { StoaError } from '@stoa/protocol';
import Type from 'typebox';
import { BoundedMap } from '../../bounded-map.ts';

/** Header of requests that may be repeated without doing their work twice. */
export const IdempotencyHeader = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description:
        'Any unique text, such as a UUID. Repeating a request with the same key answers what the first one answered, without doing it again.',
    }),
  ),
});

export interface IdempotentRequest {
  readonly url: string;
  readonly body: unknown;
  readonly headers: { readonly 'idempotency-key'?: string };
}

export interface IdempotentReply {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
}

interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

interface Done {
  readonly fingerprint: string;
  readonly answer: Promise<Answer<unknown>>;
}

/**
 * Remembers the answers to the latest requests with an idempotency key, for as long as the process lives. Requests
 * that failed are not remembered, so that they can be tried again. (Messages do not need it: their key goes into the
 * message log, where it holds for ever.)
 */
export class IdempotentCalls {
  readonly #done = new BoundedMap<string, Done>(10_000);

  /**
   * Does the work, or answers what it answered before.
   *
   * @param scope Who calls: keys of different callers have nothing to do with each other.
   * @throws StoaError CONFLICT when the key came with another request before
   */
  async answer<Body>(
    scope: string,
    request: IdempotentRequest,
    reply: IdempotentReply,
    work: () => Promise<Answer<Body>>,
  ): Promise<Body> {
    const key = request.headers['idempotency-key'];
    if (key === undefined) return give(reply, await work());

    const id = `${scope} ${key}`;
    const fingerprint = createHash('sha256')
      .update(`${request.url}\n${JSON.stringify(request.body)}`)
      .digest('base64url');
    const earlier = this.#done.get(id);
    if (earlier !== undefined) {
      if (earlier.fingerprint !== fingerprint) {
        throw new StoaError('CONFLICT', 'This idempotency key was used for a different request.', {
          hint: 'Use a new key for each new request.',
        });
      }
      reply.header('idempotent-replayed', 'true');
      return give(reply, (await earlier.answer) as Answer<Body>);
    }
    const answer = work();
    this.#done.set(id, { fingerprint, answer });
    try {
      return give(reply, await answer);
    } catch (error) {
      this.#done.delete(id);
      throw error;
    }
  }
}

function give<Body>(reply: IdempotentReply, { status, body }: Answer<Body>): Body {
  reply.status(status);
  return body;
}

/**
 * Idempotency id of one message of a request: 53 bits of a hash, never 0. The receiver is part of it, because ids
 * count per sender, and one request may have many receivers.
 */
export function messageIdOf(key: string, to: string): number {
  const hash = createHash('sha256')
    .update(JSON.stringify([key, to]))
    .digest();
  return Number(hash.readBigUInt64BE() >> 11n) || 1;
}
