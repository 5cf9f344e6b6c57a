import { testAppToken } from './server-process.ts';

/** The answer of `/backend`: `result` and what the operation returns. */
export type BackendAnswer = { readonly result: boolean } & Readonly<Record<string, unknown>>;

/** Calls an operation of the back-end API, as an application's own server does. */
export async function backend(
  url: string,
  op: string,
  fields: Record<string, unknown> = {},
  token = testAppToken,
): Promise<BackendAnswer> {
  const response = await fetch(`${url}/backend`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ op, token, ...fields }),
  });
  return (await response.json()) as BackendAnswer;
}

export interface TestUser {
  readonly uid: number;
  readonly address: string;
  readonly token: string;
}

/** Creates a user (or a further token of an existing one). */
export async function addUser(url: string, address: string): Promise<TestUser> {
  const answer = await backend(url, 'useradd', { user: { address, name: address, token: { v2: true } } });
  const user = answer.user as { uid: number; token: string } | undefined;
  if (!answer.result || user === undefined) throw new Error(`useradd failed: ${JSON.stringify(answer)}`);
  return { uid: Number(user.uid), address, token: user.token };
}
