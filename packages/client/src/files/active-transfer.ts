import type { Content, StoaError } from '@stoa/protocol';
import type { Target } from '../types.ts';
import type { TransferRecord } from './transfer-store.ts';

/**
 * A file on its way. `waiting`: for its turn, or for the next attempt; `failed`: for resume() or cancel(), see `error`.
 */
export interface Transfer {
  readonly id: string;
  readonly target: Target;
  /** Of the message that will name the file. */
  readonly localId: number;
  readonly name: string;
  readonly size: number;
  /** Of the message, without the file. */
  readonly content: Content;
  /** As the file itself says; the server decides. */
  readonly mime: string;
  readonly file: Blob;
  readonly createdAt: number;
  /** Bytes that the server has. */
  readonly sent: number;
  readonly state: 'waiting' | 'uploading' | 'paused' | 'failed';
  readonly error?: StoaError;
}

/** One that this client is sending. */
export interface ActiveTransfer {
  record: TransferRecord;
  state: Transfer['state'];
  sent: number;
  failures: number;
  error?: StoaError | undefined;
  controller?: AbortController | undefined;
  timer?: unknown;
  /** How much of what the user wants of it is not kept yet; nothing is sent meanwhile. */
  undecided: number;
}

export const newActive = (record: TransferRecord): ActiveTransfer => ({
  record,
  state: record.paused ? 'paused' : 'waiting',
  sent: 0,
  failures: 0,
  undecided: 0,
});

export function transferOf({ record, state, sent, error }: ActiveTransfer): Transfer {
  const { id, target, content, localId, name, file, createdAt } = record;
  return {
    id,
    target,
    content,
    localId,
    name,
    size: file.size,
    mime: file.type,
    file,
    createdAt,
    sent,
    state,
    ...(error !== undefined && { error }),
  };
}
