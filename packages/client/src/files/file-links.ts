import type { Content } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import type { FileServer } from './file-server.ts';

type MessageFile = NonNullable<Content['file']>;

interface Link {
  readonly url: string;
  readonly expiresAt: number;
}

interface Waiting {
  readonly resolve: (link: Link | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** A link that ends within this time is renewed already. */
const marginMs = 60_000;
const idsPerRequest = 100;
const linksKept = 5_000;

/** Links to files of messages, renewed when they have run out. What is asked for in the same moment is one request. */
export class FileLinks {
  readonly #server: FileServer;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #known = new Map<string, Link>();
  readonly #asked = new Map<string, Waiting[]>();

  constructor(server: FileServer, clock: Pick<Clock, 'now'>) {
    this.#server = server;
    this.#clock = clock;
  }

  /** A link that holds now, if one is known. Files that are not of this server are where their message says. */
  known({ url, id = this.#server.idIn(url) }: MessageFile): string | undefined {
    if (id === undefined) return url;
    const renewed = this.#known.get(id);
    if (renewed !== undefined && this.#holds(renewed.expiresAt)) return renewed.url;
    const expires = URL.canParse(url) ? Number(new URL(url).searchParams.get('expires')) * 1000 : 0;
    return this.#holds(expires) ? this.#server.reachable(url) : undefined;
  }

  /**
   * A link that holds now; undefined when the file is gone. The one that the message has when the server cannot be
   * asked: a service worker may have what it led to.
   */
  async link(file: MessageFile): Promise<string | undefined> {
    const known = this.known(file);
    const id = file.id ?? this.#server.idIn(file.url);
    if (known !== undefined || id === undefined) return known;
    try {
      return (await this.#renew(id))?.url;
    } catch {
      return this.#server.reachable(file.url);
    }
  }

  #renew(id: string): Promise<Link | undefined> {
    return new Promise((resolve, reject) => {
      const waiting = this.#asked.get(id);
      this.#asked.set(id, [...(waiting ?? []), { resolve, reject }]);
      if (waiting === undefined && this.#asked.size === 1) queueMicrotask(() => void this.#ask());
    });
  }

  async #ask(): Promise<void> {
    const asked = [...this.#asked];
    this.#asked.clear();
    for (let start = 0; start < asked.length; start += idsPerRequest) {
      const part = asked.slice(start, start + idsPerRequest);
      try {
        const files = await this.#server.links(part.map(([id]) => id));
        for (const { id, url, expiresAt } of files) {
          if (this.#known.size >= linksKept) this.#known.clear();
          this.#known.set(id, { url: this.#server.reachable(url), expiresAt });
        }
        for (const [id, waiting] of part) for (const { resolve } of waiting) resolve(this.#known.get(id));
      } catch (error) {
        for (const [, waiting] of part) for (const { reject } of waiting) reject(error);
      }
    }
  }

  #holds(expiresAt: number): boolean {
    return expiresAt > this.#clock.now() + marginMs;
  }
}
