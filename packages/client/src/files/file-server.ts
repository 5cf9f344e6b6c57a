import { type Code, codes, StoaError } from '@stoa/protocol';

/** What the server knows about a complete file, with a link to it. */
export interface UploadedFile {
  readonly id: string;
  readonly url: string;
  /** Until when the link holds, in milliseconds since 1970. */
  readonly expiresAt: number;
  readonly name: string;
  readonly size: number;
  readonly mime: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface FileServerOptions {
  /** Base URL of the server. */
  readonly url: string;
  readonly token: string;
  readonly app: string | undefined;
}

/** The requests about files that a server takes, see docs/protocol.md. All reject with StoaError. */
export class FileServer {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor({ url, token, app }: FileServerOptions) {
    this.#base = url.replace(/\/+$/, '');
    this.#headers = { authorization: `Bearer ${token}`, ...(app === undefined ? {} : { 'stoa-app': app }) };
  }

  /** Resolves to the id of the upload, which will be that of the file. */
  async begin(name: string, size: number, signal: AbortSignal): Promise<string> {
    const encoded = toBase64(new TextEncoder().encode(name.slice(-255).toWellFormed()));
    const headers = { 'upload-length': String(size), 'upload-metadata': `filename ${encoded}` };
    const response = await this.#tus('/files/uploads', { method: 'POST', headers, signal });
    const id = /([0-9a-f]{32})$/.exec(response.headers.get('location') ?? '')?.[1];
    if (id === undefined) throw new StoaError('INTERNAL', 'The server gave the upload no id.');
    return id;
  }

  /** Bytes that the server has; NOT_FOUND when it has forgotten the upload. */
  async offset(id: string, signal: AbortSignal): Promise<number> {
    return offsetIn(await this.#tus(`/files/uploads/${id}`, { method: 'HEAD', signal }));
  }

  /** Resolves to the bytes that the server has then. */
  async append(id: string, offset: number, piece: Blob, signal: AbortSignal): Promise<number> {
    const headers = { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) };
    return offsetIn(
      await this.#tus(`/files/uploads/${id}`, { method: 'PATCH', headers, body: piece, signal }),
    );
  }

  async abandon(id: string): Promise<void> {
    await this.#tus(`/files/uploads/${id}`, { method: 'DELETE' });
  }

  /** Those of the files that this user may read, with new links. */
  async links(ids: readonly string[]): Promise<readonly UploadedFile[]> {
    const headers = { 'content-type': 'application/json' };
    const response = await this.#fetch('/files/links', {
      method: 'POST',
      headers,
      body: JSON.stringify({ ids }),
    });
    return ((await response.json()) as { files: UploadedFile[] }).files;
  }

  /** The id of the file that a link of this server opens; undefined for any other address. */
  idIn(url: string): string | undefined {
    if (!url.startsWith(`${this.#base}/files/`)) return undefined;
    return /^([0-9a-f]{32})\//.exec(url.slice(this.#base.length + '/files/'.length))?.[1];
  }

  /** A link of this server under the address by which this client reaches it, whatever the sender called it. */
  reachable(url: string): string {
    if (!URL.canParse(url, this.#base)) return url;
    const { pathname, search } = new URL(url, this.#base);
    return `${this.#base}${pathname.slice(Math.max(0, pathname.lastIndexOf('/files/')))}${search}`;
  }

  #tus(path: string, request: RequestInit): Promise<Response> {
    return this.#fetch(path, { ...request, headers: { ...request.headers, 'tus-resumable': '1.0.0' } });
  }

  async #fetch(path: string, request: RequestInit): Promise<Response> {
    let response: Response;
    try {
      const headers = { ...this.#headers, ...(request.headers as Record<string, string>) };
      response = await fetch(`${this.#base}${path}`, { ...request, headers });
    } catch (cause) {
      throw new StoaError('UNAVAILABLE', 'The server could not be reached.', { cause });
    }
    if (!response.ok) throw await failureOf(response);
    return response;
  }
}

const isCode = (code: unknown): code is Code => typeof code === 'string' && Object.hasOwn(codes, code);

async function failureOf(response: Response): Promise<StoaError> {
  const body = (await response.json().catch(() => ({}))) as {
    error?: { code?: unknown; message?: string; hint?: string };
  };
  const { code, message, hint } = body.error ?? {};
  const seconds = Number(response.headers.get('retry-after'));
  const more = {
    ...(hint === undefined ? {} : { hint }),
    ...(seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  };
  if (isCode(code)) return new StoaError(code, message, more);
  // HEAD has no body.
  if (response.status === 404) return new StoaError('NOT_FOUND');
  if (response.status === 401) return new StoaError('BAD_TOKEN');
  return new StoaError(
    response.status >= 500 ? 'UNAVAILABLE' : 'BAD_REQUEST',
    `The server answered ${response.status}.`,
  );
}

function offsetIn({ headers }: Response): number {
  const offset = Number(headers.get('upload-offset') ?? Number.NaN);
  if (!Number.isSafeInteger(offset)) throw new StoaError('INTERNAL', 'The server did not say what it has.');
  return offset;
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
