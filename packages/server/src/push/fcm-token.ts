import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { askService, parsed } from './ask-service.ts';
import { loggable } from './provider.ts';
import { signToken } from './sign-token.ts';

/** What is needed of the key file of a Google service account. */
export interface ServiceAccount {
  readonly projectId: string;
  readonly email: string;
  readonly keyId: string;
  readonly key: KeyObject;
  /** Where access tokens are given. */
  readonly tokenUri: string;
}

/** @throws Error that says in one line, without the key, what is wrong with the file. */
export function readServiceAccount(text: string): ServiceAccount {
  const file = parsed(text);
  if (typeof file !== 'object' || file === null) throw new Error('is not JSON');
  const member = (name: string): string => {
    const value: unknown = Reflect.get(file, name);
    if (typeof value !== 'string' || value === '') throw new Error(`has no "${name}"`);
    return value;
  };
  const [projectId, email, keyId] = [member('project_id'), member('client_email'), member('private_key_id')];
  const [pem, tokenUri] = [member('private_key'), member('token_uri')];
  if (!/^https?:$/.test(URL.parse(tokenUri)?.protocol ?? '')) throw new Error('has no usable "token_uri"');
  try {
    return { projectId, email, keyId, key: createPrivateKey(pem), tokenUri };
  } catch {
    throw new Error('has no usable "private_key"');
  }
}

/** The access token of a service account, asked for once until it runs out. */
export class AccessToken {
  readonly #account: ServiceAccount;
  readonly #clock: Clock;
  #token: { readonly value: string; readonly until: number } | undefined;
  #asking: Promise<string> | undefined;

  constructor(account: ServiceAccount, clock: Clock) {
    this.#account = account;
    this.#clock = clock;
  }

  /** Rejects when none is given; the message is fit for the log. */
  get(): Promise<string> {
    if (this.#token !== undefined && this.#token.until > this.#clock.now())
      return Promise.resolve(this.#token.value);
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** It was not taken: the next one is a new one. */
  forget(value: string): void {
    if (this.#token?.value === value) this.#token = undefined;
  }

  async #ask(): Promise<string> {
    const { email, keyId, key, tokenUri } = this.#account;
    const now = Math.floor(this.#clock.now() / 1_000);
    const claims = { iss: email, scope, aud: tokenUri, iat: now, exp: now + 3600 };
    const { status, body } = await askService(tokenUri, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: grantType,
        assertion: signToken(key, claims, { kid: keyId }),
      }).toString(),
      signal: new AbortController().signal,
    });
    const answer = (body ?? {}) as { access_token?: unknown; expires_in?: unknown; error?: unknown };
    if (status !== 200 || typeof answer.access_token !== 'string') {
      throw new Error(`no access token was given: status ${status}, ${loggable(answer.error)}`);
    }
    const seconds = typeof answer.expires_in === 'number' ? answer.expires_in : 3600;
    const until = this.#clock.now() + (seconds - renewedBeforeSeconds) * 1_000;
    this.#token = { value: answer.access_token, until };
    return answer.access_token;
  }
}

const scope = 'https://www.googleapis.com/auth/firebase.messaging';
const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const renewedBeforeSeconds = 300;
