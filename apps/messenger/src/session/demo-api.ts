import type { Session } from './session.ts';

/** A user of the demo app. */
export interface Person {
  readonly address: string;
  readonly name: string;
}

/** Why the server did not do what was asked, in words for people. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
  readonly hint: string;
  /** The server does not offer the demo sign-in, so that trying again is of no use. */
  readonly switchedOff: boolean;

  constructor(message: string, hint: string, switchedOff = false) {
    super(message);
    this.hint = hint;
    this.switchedOff = switchedOff;
  }
}

/**
 * Signs in as any user of the demo app, who is created when missing.
 *
 * @throws DemoError
 */
export async function signInToDemo(address: string, name: string): Promise<Session> {
  const user = await call<Session>('/demo/login', { address, ...(name === '' ? {} : { name }) });
  return { address: user.address, name: user.name, token: user.token };
}

/** @throws DemoError */
export async function demoUsers(): Promise<readonly Person[]> {
  return (await call<{ users: readonly Person[] }>('/demo/users')).users;
}

async function call<T>(path: string, body?: unknown): Promise<T> {
  const response = await reach(path, body);
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer as T;
  const { error } = (answer ?? {}) as { error?: { message?: string; hint?: string } };
  const switchedOff = response.status === 403 || response.status === 404;
  throw new DemoError(
    error?.message ?? `The server answered with status ${response.status}.`,
    error?.hint ?? 'Look in the log of the server.',
    switchedOff,
  );
}

async function reach(path: string, body: unknown): Promise<Response> {
  try {
    if (body === undefined) return await fetch(path);
    return await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    throw new DemoError('The server cannot be reached.', 'Check that it is running, then try again.');
  }
}
