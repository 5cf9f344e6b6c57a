import { StoaError } from '@stoa/protocol';
import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from '../clock.ts';
import type { TokenBuckets } from '../limits/index.ts';
import { guardedGet, type Reach } from './guarded-get.ts';
import { decodePage, type PageFacts, pageFacts } from './page-facts.ts';

/** What a link leads to. */
export interface FoundPreview extends Omit<PageFacts, 'image'> {
  /** A picture of the page as it is there; the client makes a small one of it. */
  readonly picture?: Uint8Array;
}

export interface PreviewsOptions {
  readonly reach: Reach;
  readonly clock: Clock;
  /** By user. */
  readonly rate: Pick<TokenBuckets, 'take'>;
  /** Whether these bytes are a picture that a browser can open without harm. */
  readonly isPicture: (bytes: Uint8Array) => Promise<boolean>;
}

interface Kept {
  readonly until: number;
  readonly found: Promise<FoundPreview | undefined>;
}

const pageBytes = 512 * 1024;
const pictureBytes = 512 * 1024;
/** Pages that are kept, with their pictures. */
const mostKept = 100;
const keptMs = 3_600_000;
const failureKeptMs = 300_000;
const totalMs = 8_000;
const mostAtOnce = 32;

/** Looks at pages on behalf of users who write links, so that those who read them load nothing. */
export class Previews {
  readonly #options: PreviewsOptions;
  readonly #kept = new BoundedMap<string, Kept>(mostKept);
  #underWay = 0;

  constructor(options: PreviewsOptions) {
    this.#options = options;
  }

  /**
   * What a link leads to; undefined when it cannot be found out, whatever the reason is: nobody learns from the answer what
   * is in the network of the server.
   *
   * @throws StoaError RATE_LIMITED, TOO_MANY
   */
  async find(uid: number, link: string): Promise<FoundPreview | undefined> {
    const { rate, clock } = this.#options;
    const retryAfterMs = rate.take(uid);
    if (retryAfterMs > 0) throw new StoaError('RATE_LIMITED', undefined, { retryAfterMs });
    const url = URL.parse(link);
    if (url === null) return undefined;
    url.hash = '';
    const kept = this.#kept.get(url.href);
    if (kept !== undefined && kept.until > clock.now()) return kept.found;
    if (this.#underWay >= mostAtOnce) throw new StoaError('TOO_MANY', 'Too many links are looked at.');
    this.#underWay += 1;
    const found = this.#look(url).catch(() => undefined);
    this.#kept.set(url.href, { until: clock.now() + keptMs, found });
    try {
      const preview = await found;
      if (preview === undefined) this.#kept.set(url.href, { until: clock.now() + failureKeptMs, found });
      return preview;
    } finally {
      this.#underWay -= 1;
    }
  }

  async #look(link: URL): Promise<FoundPreview | undefined> {
    const { reach } = this.#options;
    const signal = AbortSignal.timeout(totalMs);
    const accepts = (type: string) => type === 'text/html' || type === 'application/xhtml+xml';
    const page = await guardedGet(link, { reach, mostBytes: pageBytes, accepts, signal });
    const { image, ...facts } = pageFacts(decodePage(page.body, page.charset));
    if (facts.title === undefined) return undefined;
    const picture = image === undefined ? undefined : await this.#picture(image, page.url, signal);
    return picture === undefined ? facts : { ...facts, picture };
  }

  /** Undefined when there is none that is good: the preview does without. */
  async #picture(address: string, page: URL, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const { reach, isPicture } = this.#options;
    const url = URL.parse(address, page);
    if (url === null) return undefined;
    try {
      const accepts = (type: string) => type.startsWith('image/');
      const { body, isCut } = await guardedGet(url, { reach, mostBytes: pictureBytes, accepts, signal });
      return !isCut && (await isPicture(body)) ? body : undefined;
    } catch {
      return undefined;
    }
  }
}
