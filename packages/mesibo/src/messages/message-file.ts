import type { Files } from '@stoa/client';
import type { Content } from '@stoa/protocol';
import { internal, setInternal } from '../internal.ts';

interface FileInternals {
  /** As the message names it. */
  readonly source: NonNullable<Content['file']>;
  /** Knows links that hold now; undefined as long as there is no client. */
  readonly links: Pick<Files, 'knownLink' | 'link'> | undefined;
}

/** The file of a message. */
export class MesiboFile {
  declare readonly [internal]: FileInternals;

  /** Renewed when it has run out, see `hold`. */
  url: string;
  readonly name: string;
  readonly type: number;
  readonly size: number;
  readonly mime: string;
  /** Files are not kept on the device: always empty. */
  readonly path = '';

  constructor(file: NonNullable<Content['file']>, links?: FileInternals['links']) {
    this.url = links?.knownLink(file) ?? file.url;
    this.name = file.name ?? fileNameOf(file.url);
    this.type = file.type ?? 0;
    this.size = file.size ?? 0;
    this.mime = file.mime ?? '';
    setInternal(this, { source: file, links } satisfies FileInternals);
  }

  /** Shows the file in an `<img>`. Called once more because that failed, it does nothing: it would for ever. */
  loadImageFromCache(image: HTMLImageElement): void {
    const renewing = this.hold();
    if (renewing === undefined) show(image, this.url);
    else renewing.then(() => show(image, this.url));
  }

  /** Sees to it that `url` holds. Resolves when it had to be renewed; undefined when it holds already. */
  hold(): Promise<void> | undefined {
    const { source, links } = this[internal];
    if (links === undefined) return undefined;
    const known = links.knownLink(source);
    if (known !== undefined) {
      this.url = known;
      return undefined;
    }
    return links.link(source).then(
      (url) => {
        if (url !== undefined) this.url = url;
      },
      // The link stays as it is: a picture that cannot be loaded shows that.
      () => {},
    );
  }
}

/** What images were given, and how they say it. */
const shown = new WeakMap<HTMLImageElement, { readonly url: string; readonly src: string }>();

function show(image: HTMLImageElement, url: string): void {
  const before = shown.get(image);
  if (before?.url === url && before.src === image.src) return;
  image.src = url;
  shown.set(image, { url, src: image.src });
}

function fileNameOf(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  return path.slice(path.lastIndexOf('/') + 1);
}
