/** A signed-in user of this tab. */
export interface Session {
  readonly address: string;
  readonly name: string;
  readonly token: string;
}

const key = 'stoa.session';

/** Link that asks in a new tab who one wants to be, even when a user is remembered. */
export const signInLink = '#/sign-in';

/**
 * The session of this tab, or else the remembered one. A tab keeps its session by itself, so that two tabs of one
 * browser can be two users.
 */
export function loadSession(): Session | undefined {
  const remembered = window.location.hash === signInLink ? undefined : read(localStorage);
  const session = read(sessionStorage) ?? remembered;
  if (session !== undefined) sessionStorage.setItem(key, JSON.stringify(session));
  return session;
}

/** Keeps the session for reloads of this tab; with `remember` also for new tabs. */
export function saveSession(session: Session, remember: boolean): void {
  const text = JSON.stringify(session);
  sessionStorage.setItem(key, text);
  if (remember) localStorage.setItem(key, text);
}

/** Signs this tab out. Another user who is remembered for new tabs stays remembered. */
export function forgetSession(): void {
  const mine = read(sessionStorage);
  sessionStorage.removeItem(key);
  if (mine !== undefined && read(localStorage)?.address === mine.address) localStorage.removeItem(key);
}

function read(storage: Storage): Session | undefined {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? 'null');
    return isSession(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isSession(value: unknown): value is Session {
  if (typeof value !== 'object' || value === null) return false;
  const { address, name, token } = value as Record<keyof Session, unknown>;
  return typeof address === 'string' && typeof name === 'string' && typeof token === 'string';
}
