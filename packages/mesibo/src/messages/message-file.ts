import type { Content } from '@stoa/protocol';

/** The file of a message. */
export class MesiboFile {
  readonly url: string;
  readonly name: string;
  readonly type: number;
  readonly size: number;
  readonly mime: string;
  /** Files are not kept on the device: always empty. */
  readonly path = '';

  constructor(file: NonNullable<Content['file']>) {
    this.url = file.url;
    this.name = file.name ?? fileNameOf(file.url);
    this.type = file.type ?? 0;
    this.size = file.size ?? 0;
    this.mime = file.mime ?? '';
  }

  /** Shows the file in an `<img>`. */
  loadImageFromCache(image: HTMLImageElement): void {
    image.src = this.url;
  }
}

function fileNameOf(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  return path.slice(path.lastIndexOf('/') + 1);
}
