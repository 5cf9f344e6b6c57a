import type { Context } from '../context.ts';

/** Addresses of a profile's picture. Links to uploaded ones hold for a time, and are renewed when somebody wants to see one. */
export class PictureLink {
  private readonly context: Context;
  private readonly onRenewed: () => void;
  /** In milliseconds since 1970. */
  private askedAt = 0;

  constructor(context: Context, onRenewed: () => void) {
    this.context = context;
    this.onRenewed = onRenewed;
  }

  /** Cheap to ask on every digest. One that has run out is given as it is, and `onRenewed` called when there is another. */
  held(image: string): string {
    const files = this.context.client?.files;
    if (files === undefined) return image;
    const id = /\/files\/([0-9a-f]{32})\//.exec(image)?.[1];
    const file = { url: image, ...(id !== undefined && { id }) };
    const known = files.knownLink(file);
    if (known !== undefined) return known;
    const now = Date.now();
    if (now - this.askedAt > pauseMs) {
      this.askedAt = now;
      files.link(file).then(
        () => files.knownLink(file) !== undefined && this.onRenewed(),
        () => {},
      );
    }
    return image;
  }
}

/** A picture that cannot be had now is not asked for on every look at it. */
const pauseMs = 30_000;
