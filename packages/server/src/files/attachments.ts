import { type Content, StoaError } from '@stoa/protocol';
import type { FileRecordStore, FileUse } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { idInLink } from './file-links.ts';
import { type CompleteFile, isComplete } from './uploads.ts';

export interface AttachmentsOptions {
  readonly records: FileRecordStore;
  readonly clock: Clock;
  /** Whether the user may read the message at a place of a group. */
  readonly mayRead: (conv: number, seq: number, uid: number) => Promise<boolean>;
}

/** Which messages name which files, and who may read these therefore. */
export class Attachments {
  readonly #options: AttachmentsOptions;

  constructor(options: AttachmentsOptions) {
    this.#options = options;
  }

  /**
   * Notes that a message with this content and key is about to be stored. Undefined when it names no file of this
   * server: most messages cost nothing here.
   *
   * @throws StoaError NOT_FOUND when the content names by its id a file that the sender may not read, or that is gone.
   */
  claim(aid: number, use: FileUse, { file }: Content): Promise<void> | undefined {
    if (file === undefined) return undefined;
    const id = file.id ?? idInLink(file.url);
    if (id === undefined) return undefined;
    return this.#claim(aid, use, id, file.id !== undefined);
  }

  /** The complete file, for somebody who may read it: who uploaded it, who may read a message that names it,
   * and members of a group whose picture it is. */
  async find(aid: number, uid: number, id: string): Promise<CompleteFile | undefined> {
    const { records, mayRead } = this.#options;
    const file = await records.find(id);
    if (file === undefined || file.aid !== aid || !isComplete(file)) return undefined;
    if (file.uid === uid) return file;
    if (await records.isPictureFor(id, uid)) return file;
    for (const { conv, seq, isGroup } of await records.places({ file: id, uid, limit: placesAtOnce })) {
      if (!isGroup || (await mayRead(conv, seq, uid))) return file;
    }
    return undefined;
  }

  /**
   * The picture that was uploaded to this server and to which an address leads, if the user may read it. It is kept until
   * whoever asks has stored that he uses it. Undefined for everything else, which may be elsewhere.
   *
   * @param uid undefined: the back end, which may use every file of its app
   */
  async pictureAt(aid: number, uid: number | undefined, url: string): Promise<string | undefined> {
    const id = idInLink(url);
    if (id === undefined) return undefined;
    const file = uid === undefined ? await this.#anyOf(aid, id) : await this.find(aid, uid, id);
    return file !== undefined && isPicture(file) && (await this.#keep(id)) ? id : undefined;
  }

  /**
   * Keeps a picture that the user may read, as pictureAt does.
   *
   * @throws StoaError NOT_FOUND or UNSUPPORTED_TYPE
   */
  async keepPicture(aid: number, uid: number, id: string): Promise<void> {
    const file = await this.find(aid, uid, id);
    if (file === undefined) throw notFound(id);
    if (!isPicture(file)) throw new StoaError('UNSUPPORTED_TYPE', 'A picture must be a picture.');
    if (!(await this.#keep(id))) throw notFound(id);
  }

  #keep(id: string): Promise<boolean> {
    const { records, clock } = this.#options;
    return records.keep(id, clock.now() + promisedMs);
  }

  async #anyOf(aid: number, id: string): Promise<CompleteFile | undefined> {
    const file = await this.#options.records.find(id);
    return file !== undefined && file.aid === aid && isComplete(file) ? file : undefined;
  }

  async #claim(aid: number, use: FileUse, id: string, isNamed: boolean): Promise<void> {
    const { records, clock } = this.#options;
    const file = await this.find(aid, use.sender, id);
    const isKept = file !== undefined && (await records.use(id, use, clock.now() + promisedMs));
    // A link alone may be one of another server.
    if (!isKept && isNamed) throw notFound(id);
  }
}

const isPicture = ({ mime }: CompleteFile): boolean => mime.startsWith('image/');

const notFound = (id: string): StoaError =>
  new StoaError('NOT_FOUND', `There is no file ${id}, or it is not for this user.`, {
    hint: 'Upload it again.',
  });

const placesAtOnce = 200;
/** What names a file is stored within this time after it was announced, or never. */
const promisedMs = 24 * 3600 * 1000;
