import { type Content, StoaError } from '@stoa/protocol';
import { backoffMs } from '../backoff.ts';
import type { ClientHost } from '../client-host.ts';
import type { Clock } from '../clock.ts';
import { checkDraft } from '../outbox/index.ts';
import { problemOf } from '../problem.ts';
import type { Target } from '../types.ts';
import { type ActiveTransfer, newActive, type Transfer, transferOf } from './active-transfer.ts';
import { fileKindOf, fileKinds } from './file-kinds.ts';
import { FileLinks } from './file-links.ts';
import { FileServer, type FileServerOptions, type UploadedFile } from './file-server.ts';
import { ownTransfer } from './own-transfer.ts';
import { squarePicture } from './picture.ts';
import { filePreview } from './preview.ts';
import {
  type FileAbout,
  type FileDraft,
  memoryTransfers,
  type TransferRecord,
  type TransferStore,
} from './transfer-store.ts';
import { upload } from './upload.ts';

export interface FileSettings {
  /** Where files are kept until they are sent; one per user. Default: memoryTransfers(). */
  readonly store?: TransferStore;
}

export interface FilesOptions extends FileServerOptions {
  readonly settings: FileSettings;
  readonly host: ClientHost;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * Sends files: each is kept, uploaded in pieces that go on where they were, and then named by a message that goes through
 * the outbox. Messages without files do not wait for it.
 */
export class Files {
  readonly #options: FilesOptions;
  readonly #server: FileServer;
  readonly #store: TransferStore;
  readonly #links: FileLinks;
  readonly #active = new Map<string, ActiveTransfer>();
  readonly #listeners = new Set<() => void>();
  #running = false;
  #forgetStatus = (): void => {};

  constructor(options: FilesOptions) {
    this.#options = options;
    this.#server = new FileServer(options);
    this.#store = options.settings.store ?? memoryTransfers();
    this.#links = new FileLinks(this.#server, { now: () => options.host.serverTime() });
  }

  /**
   * Sends a file with a message; `about` it is said what only its maker knows. Resolves when it is kept; it goes on by itself then, after the page was loaded anew too,
   * if the store keeps it. In Node, `openAsBlob` of node:fs makes a Blob of a path.
   *
   * @throws StoaError BAD_FRAME or TOO_LARGE when the target or the content is not one that a server would take
   * @example
   * await client.files.send({ peer: 'bob' }, { file: input.files[0], content: { text: 'Look!' } });
   */
  async send(
    target: Target,
    {
      file,
      name,
      content = {},
      about,
      localId,
      ...draft
    }: FileDraft & { file: Blob; name?: string; content?: Content; about?: FileAbout; localId?: number },
  ): Promise<Transfer> {
    const { clock, random } = this.#options;
    const checked = checkDraft(target, { ...draft, content });
    const record: TransferRecord = {
      id: crypto.randomUUID(),
      target,
      content: checked,
      draft,
      ...(about === undefined ? {} : { about }),
      localId: localId ?? Math.floor(random() * 2 ** 32),
      file,
      name: name ?? ('name' in file && typeof file.name === 'string' ? file.name : 'file'),
      createdAt: clock.now(),
    };
    await this.#store.put(record);
    const active = this.#take(record);
    this.#pump();
    return transferOf(active);
  }

  /** Files on their way, in the order in which they were sent. */
  transfers(): readonly Transfer[] {
    return [...this.#active.values()].map(transferOf).sort((a, b) => a.createdAt - b.createdAt);
  }

  /** Calls `listener` whenever `transfers()` has changed, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Stops an upload until resume(), also beyond the end of the page. Resolves when that is kept, and the upload is `paused`;
   * rejects when it cannot be kept, and the upload goes on.
   */
  pause(id: string): Promise<void> {
    return this.#set(id, 'paused');
  }

  /** Goes on with an upload that was paused or has failed. */
  resume(id: string): Promise<void> {
    return this.#set(id, 'waiting');
  }

  /**
   * Gives a file up: nothing is left of it, here and on the server. Rejects when it cannot be removed here, and the upload
   * goes on.
   */
  async cancel(id: string): Promise<void> {
    const active = this.#active.get(id);
    if (active === undefined) return;
    await this.#decide(active, async () => {
      await this.#store.remove(id);
      this.#active.delete(id);
    });
    const { uploadId } = active.record;
    // Without a connection, the server forgets it by itself.
    if (uploadId !== undefined) await this.#server.abandon(uploadId).catch(() => {});
  }

  /**
   * Uploads a picture of a user or group: in browsers the middle of it, scaled to a bounded size, with a small one. Rejects
   * with StoaError.
   *
   * @example
   * await client.profiles.update({ picture: await client.files.uploadPicture(file) });
   */
  async uploadPicture(file: Blob): Promise<{ id: string; url: string; thumbnail?: Uint8Array }> {
    const { picture, thumbnail } = await squarePicture(file);
    const { id, url } = await upload({
      server: this.#server,
      clock: this.#options.clock,
      file: picture,
      name: 'picture',
      id: undefined,
      signal: new AbortController().signal,
      onBegun: async () => {},
      onProgress: () => {},
    });
    return { id, url, ...(thumbnail !== undefined && { thumbnail }) };
  }

  /** A link to the file of a message, if one is known that holds now. */
  knownLink(file: NonNullable<Content['file']>): string | undefined {
    return this.#links.known(file);
  }

  /**
   * A link to the file of a message that holds now; undefined when the file is gone. Without a connection, that of the
   * message: what has run out may be in the browser's caches.
   */
  link(file: NonNullable<Content['file']>): Promise<string | undefined> {
    return this.#links.link(file);
  }

  /** The client starts: goes on with what was kept. */
  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.#forgetStatus = this.#options.host.events.on('status', ({ state }) => {
      if (state === 'online') this.#retryAll();
    });
    try {
      for (const record of await this.#store.all()) if (!this.#active.has(record.id)) this.#take(record);
    } catch (error) {
      this.#options.host.events.emit('problem', problemOf(error));
    }
    this.#pump();
  }

  stop(): void {
    this.#running = false;
    this.#forgetStatus();
    for (const active of this.#active.values()) this.#halt(active);
    this.#changed();
  }

  #take(record: TransferRecord): ActiveTransfer {
    const active = newActive(record);
    this.#active.set(record.id, active);
    this.#changed();
    return active;
  }

  async #set(id: string, state: 'paused' | 'waiting'): Promise<void> {
    const active = this.#active.get(id);
    if (active === undefined) return;
    const record = { ...active.record, paused: state === 'paused' };
    await this.#decide(active, async () => {
      await this.#store.put(record);
      // Given up meanwhile.
      if (!this.#active.has(id)) return this.#store.remove(id);
      Object.assign(active, { record, state, error: undefined });
    });
  }

  /** Stops the upload, and shows what was decided when it is kept: the page may end before. */
  async #decide(active: ActiveTransfer, keep: () => Promise<void>): Promise<void> {
    this.#halt(active);
    active.undecided += 1;
    try {
      await keep();
    } finally {
      active.undecided -= 1;
      this.#changed();
      this.#pump();
    }
  }

  /** One after the other: the first arrives sooner, and in its place. */
  #pump(): void {
    if (!this.#running) return;
    const all = [...this.#active.values()];
    if (all.some(({ state }) => state === 'uploading')) return;
    const isReady = ({ state, timer, undecided }: ActiveTransfer) =>
      state === 'waiting' && timer === undefined && !undecided;
    const next = all.find(isReady);
    if (next !== undefined) void this.#run(next);
  }

  async #run(active: ActiveTransfer): Promise<void> {
    const controller = new AbortController();
    active.controller = controller;
    active.state = 'uploading';
    this.#changed();
    try {
      await ownTransfer(active.record.id, controller.signal, () => this.#carryOut(active, controller.signal));
      if (active.controller === controller && active.state === 'uploading')
        this.#active.delete(active.record.id);
      this.#changed();
    } catch (error) {
      if (!controller.signal.aborted) this.#failed(active, problemOf(error));
    }
    this.#pump();
  }

  async #carryOut(active: ActiveTransfer, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    // Another page may have paused it, or ended it, while this one waited for its turn.
    const kept = await this.#store.find(active.record.id);
    if (kept === undefined || signal.aborted) return;
    active.record = kept;
    if (kept.paused) {
      active.state = 'paused';
      return;
    }
    const { id, file, name, uploadId } = kept;
    const uploaded = await upload({
      server: this.#server,
      clock,
      file,
      name,
      id: uploadId,
      signal,
      onBegun: (begun) => this.#begun(active, begun),
      onProgress: (bytes) => {
        active.sent = bytes;
        active.failures = 0;
        this.#changed();
      },
    });
    const shown = await filePreview(file, uploaded.mime);
    if (signal.aborted) return;
    await this.#sendMessage(active, uploaded, shown, signal);
    await this.#store.remove(id);
  }

  async #sendMessage(
    active: ActiveTransfer,
    file: UploadedFile,
    shown: Partial<Content['file']>,
    signal: AbortSignal,
  ): Promise<void> {
    const { host } = this.#options;
    const { target, content, draft = {}, about, localId } = active.record;
    // The page may have ended before it was noted that the message is in the outbox.
    if (await this.#isKept(target, localId)) return;
    if (signal.aborted) throw signal.reason;
    const { id, url, name, size, mime } = file;
    const type = fileKinds[fileKindOf(mime)];
    const named = { ...content, file: { id, url, name, size, mime, type, ...shown, ...about } };
    const { sent } = host.send(target, { ...draft, content: named, localId });
    sent.catch(() => {});
    if (!(await this.#isKept(target, localId))) {
      throw new StoaError('UNAVAILABLE', 'The message could not be kept.');
    }
  }

  /** Whether an own message can be read from the store: it is lost no more. */
  async #isKept(target: Target, localId: number): Promise<boolean> {
    const recent = await this.#options.host.ask('messages', target, { limit: recentMessages });
    return recent.some((message) => message.outgoing && message.localId === localId);
  }

  async #begun(active: ActiveTransfer, uploadId: string): Promise<void> {
    // It was halted: what is being decided counts.
    if (active.controller === undefined) return;
    active.record = { ...active.record, uploadId };
    await this.#store.put(active.record);
  }

  #failed(active: ActiveTransfer, error: StoaError): void {
    const { clock, random } = this.#options;
    active.error = error;
    active.controller = undefined;
    active.state = error.retryable ? 'waiting' : 'failed';
    if (error.retryable) {
      const ms = Math.max(error.retryAfterMs ?? 0, backoffMs(active.failures++, random()));
      active.timer = clock.setTimeout(() => {
        active.timer = undefined;
        this.#pump();
      }, ms);
    }
    this.#changed();
  }

  #retryAll(): void {
    for (const active of this.#active.values()) this.#clearTimer(active);
    this.#pump();
  }

  #halt(active: ActiveTransfer): void {
    active.controller?.abort();
    active.controller = undefined;
    if (active.state === 'uploading') active.state = 'waiting';
    this.#clearTimer(active);
  }

  #clearTimer(active: ActiveTransfer): void {
    if (active.timer !== undefined) this.#options.clock.clearTimeout(active.timer);
    active.timer = undefined;
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch (error) {
        this.#options.host.events.listenerFailed('files', error);
      }
    }
  }
}

const recentMessages = 200;
