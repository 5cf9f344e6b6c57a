/** What of a user those who control the room have muted so that only they can end it, whatever he publishes meanwhile. */
import type { Lock, Locks, Publication } from './room-state.ts';

interface Locked {
  readonly uid: number;
  /** Sources that are meant; of others nothing is changed. */
  readonly sources: readonly Publication['source'][];
  readonly audio: boolean;
  readonly video: boolean;
}

export function withLocks(locks: Locks, { uid, sources, audio, video }: Locked, on: boolean): Locks {
  const own = new Set(locks.get(uid));
  for (const source of sources) {
    for (const half of [...(audio ? (['audio'] as const) : []), ...(video ? (['video'] as const) : [])]) {
      if (on) own.add(`${source} ${half}`);
      else own.delete(`${source} ${half}`);
    }
  }
  return own.size === 0 ? locks.delete(uid) : locks.set(uid, own);
}

export function isLocked(
  locks: Locks,
  uid: number,
  source: Publication['source'],
  half: 'audio' | 'video',
): boolean {
  const lock: Lock = `${source} ${half}`;
  return locks.get(uid)?.has(lock) === true;
}
