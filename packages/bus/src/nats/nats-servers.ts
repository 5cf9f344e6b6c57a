/** One server of a NATS URL. */
export interface NatsServer {
  /** Host and port, as shown in logs. */
  readonly address: string;
  /** Whether it must speak TLS. A server that asks for TLS by itself gets it in any case. */
  readonly tls: boolean;
  readonly credentials: NatsCredentials;
}

export type NatsCredentials =
  | { readonly user: string; readonly pass: string }
  | { readonly token: string }
  | Record<never, never>;

/**
 * Reads one or more server addresses separated by commas: `nats://host:4222`, `tls://user:password@host` or
 * `nats://token@host`. In credentials, characters that mean something in a URL (also commas) are percent-encoded.
 *
 * @throws Error that says what is wrong, completing "the URL …", without showing any of it.
 */
export function parseNatsUrl(url: string): readonly NatsServer[] {
  return url.split(',').map((part) => parseServer(part.trim()));
}

function parseServer(text: string): NatsServer {
  const url = /^(nats|tls):\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '') {
    throw new Error('must be nats:// or tls:// and a host name, or several of them separated by commas');
  }
  if (url.search !== '' || url.hash !== '' || !['', '/'].includes(url.pathname)) {
    throw new Error('must end with the host name or the port');
  }
  return {
    address: `${url.hostname}:${url.port === '' ? defaultPort : url.port}`,
    tls: url.protocol === 'tls:',
    credentials: credentialsOf(url),
  };
}

function credentialsOf({ username, password }: URL): NatsCredentials {
  if (username === '' && password === '') return {};
  try {
    if (password === '') return { token: decodeURIComponent(username) };
    return { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  } catch {
    throw new Error('has credentials that are not percent-encoded rightly');
  }
}

const defaultPort = 4222;
