import { alertOf } from './alert.ts';
import type { PushData } from './note.ts';

/** The part of a payload that an iPhone itself understands. */
export function apsOf(data: PushData): object {
  const alert = alertOf(data);
  if (alert === undefined) return { 'content-available': 1 };
  if (data.type !== 'message') return { alert, sound: 'default' };
  // The application may change what is shown before it is.
  return { alert, badge: data.badge, sound: 'default', 'thread-id': data.tag, 'mutable-content': 1 };
}
