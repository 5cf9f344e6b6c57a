import { type LinkPreview, limits, type OperationResponse } from '@stoa/protocol';
import type { ClientHost } from '../client-host.ts';

export interface LinkPreviewsOptions {
  readonly host: Pick<ClientHost, 'ask'>;
  /** Makes a small picture; undefined outside of browsers, and when it is none. */
  readonly thumbnailOf: (picture: Blob) => Promise<Uint8Array | undefined>;
}

const mostKept = 20;

/**
 * What links lead to, as the server sees it: for who writes a message, to be sent with it as `content.preview`. Who reads
 * it loads nothing.
 */
export class LinkPreviews {
  readonly #options: LinkPreviewsOptions;
  readonly #known = new Map<string, Promise<LinkPreview | undefined>>();

  constructor(options: LinkPreviewsOptions) {
    this.#options = options;
  }

  /**
   * Undefined when there is nothing to show: the page says nothing, cannot be reached, or the server does not look. Never
   * rejects.
   *
   * @example
   * const preview = await client.previews.of('https://example.com/');
   * client.send({ peer: 'bob' }, { content: { text: 'https://example.com/', ...(preview && { preview }) } });
   */
  of(url: string): Promise<LinkPreview | undefined> {
    const known = this.#known.get(url);
    if (known !== undefined) return known;
    if (this.#known.size >= mostKept) this.#known.clear();
    const asked = this.#ask(url).catch(() => {
      this.#known.delete(url);
      return undefined;
    });
    this.#known.set(url, asked);
    return asked;
  }

  async #ask(url: string): Promise<LinkPreview | undefined> {
    if (url.length > limits.previewUrl || !/^https?:\/\//.test(url)) return undefined;
    const { host, thumbnailOf } = this.#options;
    const answer = (await host.ask('request', 'links.preview', {
      url,
    })) as OperationResponse<'links.preview'>;
    const { preview, picture } = answer;
    if (preview === undefined || picture === undefined) return preview;
    const image = await thumbnailOf(new Blob([new Uint8Array(picture)])).catch(() => undefined);
    return image === undefined ? preview : { ...preview, image };
  }
}
