import type { PushRegistration } from '@stoa/storage';
import type { PushNote } from '../note.ts';

/** A device of a provider that gives tokens. */
export function deviceOf(provider: string, more: Partial<PushRegistration> = {}): PushRegistration {
  const target = 'ab'.repeat(32);
  return { uid: 1, dev: 2, provider, target, keys: null, voip: null, createdAt: 0, ...more };
}

const about = { from: 'alice', name: 'Alice', conv: 7, seq: 3, waiting: 2 };

export const messageNote: PushNote = {
  data: { type: 'message', tag: 't'.repeat(32), badge: 5, at: 1, about, preview: { text: 'Hello' } },
  seconds: 3600,
  urgency: 'high',
  topic: 't'.repeat(32),
};

export function callNote(type: 'call' | 'call-ended'): PushNote {
  return {
    data: { type, call: 'call-number-1', from: 'alice', name: 'Alice', video: true, invitedAt: 1 },
    seconds: 60,
    urgency: 'high',
    topic: 'c'.repeat(32),
  };
}

export const never = new AbortController().signal;
