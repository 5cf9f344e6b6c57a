/** What every administrative command needs to know: which server, and with which secret. */
export interface ApiOptions {
  readonly url: string;
  /** Value of the Authorization header. */
  readonly authorization: string;
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** A refusal of the server, in its own words. */
class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly hint: string;

  constructor(error: Refusal) {
    super(error.message);
    this.code = error.code;
    this.hint = error.hint;
  }
}

/** A page of a list at /v1. */
interface Page<Item> {
  readonly data: readonly Item[];
  readonly nextCursor: string | null;
}

/**
 * Calls the REST API of a running server.
 *
 * @throws ApiError when the server refuses, Error when there is none.
 */
export async function call<Answer>(
  options: ApiOptions,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await request(options, path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return (text === '' ? undefined : parse(text, options.url)) as Answer;
}

/**
 * The answer of the REST API as it comes, for one that may be long.
 *
 * @throws ApiError when the server refuses, Error when there is none.
 */
export async function download(options: ApiOptions, path: string): Promise<ReadableStream<Uint8Array>> {
  const { body } = await request(options, path, { method: 'GET', headers: {} });
  if (body === null) throw new Error('The server sent nothing.');
  return body;
}

async function request(
  { url, authorization }: ApiOptions,
  path: string,
  init: { method: string; headers: Record<string, string>; body?: string },
): Promise<Response> {
  const headers = { authorization, ...init.headers };
  const response = await fetch(`${url}/v1${path}`, { ...init, headers }).catch(() => {
    throw new Error(
      `There is no server at ${url}. Start it with "npm start", or name another one with --url.`,
    );
  });
  if (response.ok) return response;
  const { error } = (parse(await response.text(), url) ?? {}) as { error?: Partial<Refusal> };
  const { code, message, hint = '' } = error ?? {};
  if (code === undefined || message === undefined) throw notStoa(url);
  throw new ApiError({ code, message, hint });
}

function parse(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notStoa(url);
  }
}

const notStoa = (url: string): Error =>
  new Error(`What answers at ${url} is not Stoa, or a proxy that cannot reach it.`);

/** All items of a list, page by page. */
export async function* listAll<Item>(options: ApiOptions, path: string): AsyncGenerator<Item> {
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: '100', ...(cursor === null ? {} : { cursor }) });
    const page: Page<Item> = await call(options, 'GET', `${path}${path.includes('?') ? '&' : '?'}${query}`);
    yield* page.data;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
