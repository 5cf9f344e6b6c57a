import { type Code, codes, StoaError } from '@stoa/protocol';
import { problemOf } from '../problem.ts';
import type { ConnectionStatus } from '../types.ts';

/** A StoaError between tabs: cloning would leave nothing of it but its message. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly retryAfterMs?: number;
}

export function toWireError(error: unknown): WireError {
  const { code, message, hint, retryAfterMs } = problemOf(error);
  return { code, message, hint, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

export function fromWireError({ code, message, hint, retryAfterMs }: WireError): StoaError {
  const known = Object.hasOwn(codes, code) ? (code as Code) : 'INTERNAL';
  return new StoaError(known, message, { hint, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

export type WireStatus =
  | Exclude<ConnectionStatus, { state: 'refused' }>
  | (Omit<Extract<ConnectionStatus, { state: 'refused' }>, 'error'> & { readonly error: WireError });

export function toWireStatus(status: ConnectionStatus): WireStatus {
  return status.state === 'refused' ? { ...status, error: toWireError(status.error) } : status;
}

export function fromWireStatus(status: WireStatus): ConnectionStatus {
  return status.state === 'refused' ? { ...status, error: fromWireError(status.error) } : status;
}
