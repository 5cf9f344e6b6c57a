/** What one node asks of another about a room, and how the answer is written. */
import { type Code, StoaError } from '@stoa/protocol';
import { RoomElsewhere } from './room-leases.ts';

/** The device that asks, which its node has proven. */
export interface Caller {
  readonly aid: number;
  readonly uid: number;
  readonly address: string;
  readonly dev: number;
  readonly tokenId: number;
}

export interface Asked {
  readonly op: string;
  readonly caller: Caller;
  readonly body: { readonly gid: number } & Readonly<Record<string, unknown>>;
  /** Of the owner that is meant; undefined as long as it is not known. */
  readonly epoch?: number;
}

export type Answer =
  | { readonly type: 'done'; readonly body: object }
  /** The room is not here (any more). */
  | { readonly type: 'elsewhere' }
  | {
      readonly type: 'refused';
      readonly code: Code;
      readonly message: string;
      readonly hint: string;
      readonly retryAfterMs: number | null;
    };

export async function answerOf(
  work: () => Promise<object>,
  onError: (error: unknown) => void,
): Promise<Answer> {
  try {
    return { type: 'done', body: await work() };
  } catch (error) {
    if (error instanceof RoomElsewhere) return { type: 'elsewhere' };
    if (!(error instanceof StoaError)) onError(error);
    const known = error instanceof StoaError ? error : new StoaError('INTERNAL');
    const { code, message, hint, retryAfterMs = null } = known;
    return { type: 'refused', code, message, hint, retryAfterMs };
  }
}

/** @throws RoomElsewhere, or StoaError as the other node has thrown it */
export function resultOf(answer: Answer): object {
  switch (answer.type) {
    case 'done':
      return answer.body;
    case 'elsewhere':
      throw new RoomElsewhere();
    case 'refused': {
      const { code, message, hint, retryAfterMs } = answer;
      throw new StoaError(code, message, { hint, ...(retryAfterMs === null ? {} : { retryAfterMs }) });
    }
  }
}
