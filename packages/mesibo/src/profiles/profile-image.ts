import { internal, setInternal } from '../internal.ts';

/** A picture of a profile, by its URL. Cheap to ask on every digest. */
export class MesiboProfileImage {
  declare readonly [internal]: { readonly url: () => string };

  /** @param url looked up on every call: a profile's image may change. */
  constructor(url: () => string) {
    setInternal(this, { url });
  }

  /** URL of the picture, or empty. */
  getUrl(): string {
    return this[internal].url();
  }
  getImage(): string {
    return this.getUrl();
  }
  getThumbnail(): string {
    return this.getUrl();
  }
  getImageOrThumbnail(): string {
    return this.getUrl();
  }
  /** A profile has one image so far. */
  getNext(): MesiboProfileImage | null {
    return null;
  }
  getPrevious(): MesiboProfileImage | null {
    return null;
  }
  getIndex(): number {
    return 0;
  }
  isEmpty(): boolean {
    return this.getUrl() === '';
  }
}
