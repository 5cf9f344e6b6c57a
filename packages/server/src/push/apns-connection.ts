import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { parsed } from './ask-service.ts';
import { timeoutMs } from './provider.ts';

export interface ApnsAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly reason: unknown;
  /** Since when a device is gone; milliseconds since 1970. */
  readonly timestamp: number | undefined;
}

/** One connection over which all requests go at the same time; made when it is needed, and anew when it has ended. */
export class ApnsConnection {
  readonly #url: string;
  #session: ClientHttp2Session | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** Rejects when there is no answer in time. */
  post(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    stopped: AbortSignal,
  ): Promise<ApnsAnswer> {
    const session = this.#open();
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]);
    return new Promise((resolve, reject) => {
      const stream = session.request({ ':method': 'POST', ':path': path, ...headers }, { signal });
      let status = 0;
      let retryAfter: string | undefined;
      let text = '';
      stream.setEncoding('utf8');
      stream.on('response', (answer) => {
        status = Number(answer[constants.HTTP2_HEADER_STATUS] ?? 0);
        retryAfter = answer['retry-after'] === undefined ? undefined : String(answer['retry-after']);
      });
      stream.on('data', (part: string) => {
        if (text.length < maximumLength) text += part;
      });
      stream.on('error', (error) => {
        // A connection that does not answer is not used again.
        if (!stopped.aborted && signal.aborted) session.destroy();
        reject(error);
      });
      stream.on('close', () => reject(new Error('The connection has ended.')));
      stream.on('end', () => {
        const { reason, timestamp } = (parsed(text) ?? {}) as { reason?: unknown; timestamp?: unknown };
        resolve({
          status,
          retryAfter,
          reason,
          timestamp: typeof timestamp === 'number' ? timestamp : undefined,
        });
      });
      stream.end(body);
    });
  }

  close(): void {
    this.#session?.destroy();
    this.#session = undefined;
  }

  #open(): ClientHttp2Session {
    const known = this.#session;
    if (known !== undefined && !known.closed && !known.destroyed) return known;
    const session = connect(this.#url);
    const forget = () => {
      if (this.#session === session) this.#session = undefined;
    };
    // Each request hears of it by itself.
    session.on('error', forget);
    session.on('goaway', forget);
    session.on('close', forget);
    session.unref();
    this.#session = session;
    return session;
  }
}

const maximumLength = 4096;
