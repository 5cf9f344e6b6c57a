import type { PushRegistration } from '@stoa/storage';
import type { PushNote } from './note.ts';

/** What became of a note. */
export type PushOutcome =
  | { readonly kind: 'sent' }
  /** The registration is of no use any more. */
  | { readonly kind: 'gone' }
  /** To be tried again, after so many seconds when they are named; with `all`, everything for this provider. */
  | { readonly kind: 'busy'; readonly seconds?: number; readonly all?: true }
  /** To be given up. `why` goes into the log: nothing of it is a secret, or of a stranger's choice. */
  | { readonly kind: 'refused'; readonly why: string };

/** A service that carries notes to devices. */
export interface PushProvider {
  /** Gives it one note for one device. Rejects when there is no answer, and when `stopped`. */
  send(registration: PushRegistration, note: PushNote, stopped: AbortSignal): Promise<PushOutcome>;
  close?(): void;
}

/** Seconds to wait that an answer names, as a number or as a date; undefined when it does not. */
export function retryAfterSeconds(value: string | null | undefined, now: number): number | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - now) / 1_000);
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), longestSeconds) : undefined;
}

/** A word of a service in the log: of what it consists, and how long it may be. */
export function loggable(word: unknown): string {
  return typeof word === 'string' && /^[A-Za-z0-9_.-]{1,64}$/.test(word) ? word : 'no reason';
}

export const timeoutMs = 10_000;
const longestSeconds = 24 * 3600;
