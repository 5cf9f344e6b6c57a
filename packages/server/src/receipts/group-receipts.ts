import type { Bus } from '@stoa/bus';
import { encodeReceipt, msgpackCodec, type ReceiptsFrame } from '@stoa/protocol';
import {
  type CursorAdvance,
  type CursorStore,
  type GroupSpan,
  type GroupStore,
  StoreUnavailableError,
} from '@stoa/storage';
import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from '../clock.ts';
import { publishToUser } from '../events.ts';
import type { CursorsMoved, Reader, TellsDelivered } from './receipts.ts';

export interface GroupReceiptsOptions {
  readonly cursors: CursorStore;
  readonly groups: Pick<GroupStore, 'senders' | 'settled' | 'spans'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly onMoved?: (moved: CursorsMoved) => void;
  /** As ReceiptsOptions.tellsDelivered. */
  readonly tellsDelivered?: TellsDelivered;
  /** As ReceiptsOptions.isNoted. */
  readonly isNoted?: (aid: number) => boolean;
  readonly onError: (error: unknown) => void;
}

/** What a device says of a group's log: everything behind `after` up to `seq`. */
export interface Acknowledged {
  readonly kind: CursorAdvance['kind'];
  readonly after: number;
  readonly seq: number;
  /** What of it is for the reader; absent: it is to be asked. */
  readonly spans?: readonly GroupSpan[] | undefined;
}

type Line = ReceiptsFrame['members'][number];

/** A member whose cursors have moved. */
interface Moved {
  readonly user: string;
  /** What it says of messages that are for all who receive. */
  readonly lines: Line[];
}

interface Waiting extends Acknowledged {
  readonly reader: Reader;
  /** Of a read mark: settles when it is stored, or could not be. */
  readonly marked: PromiseWithResolvers<void> | undefined;
}

/** What is stored, and whom it concerns could not be asked yet: those who sent behind `after` up to `upto`. */
interface Untold {
  readonly conv: number;
  readonly after: number;
  readonly upto: number;
  readonly members: ReadonlyMap<number, Moved>;
  readonly ts: number;
}

/** What members of one conversation have said. */
interface Gathered {
  readonly since: number;
  readonly entries: Map<string, Waiting>;
  /** Somebody waits for his read mark to be stored. */
  isAwaited: boolean;
}

/**
 * Moves the cursors of members, and tells those who sent what they newly cover. Both are gathered for a moment, a longer one
 * where many members speak: however many messages come in it, each member costs one advance and one line in a frame.
 */
export class GroupReceipts {
  readonly #options: GroupReceiptsOptions;
  readonly #waiting = new Map<number, Gathered>();
  #flushing: Promise<void> = Promise.resolve();
  /** By conversation and sender: up to where everything was read, where messages go to one member in turn. */
  readonly #settled = new BoundedMap<string, number>(10_000);
  #untold: Untold[] = [];

  constructor(options: GroupReceiptsOptions) {
    this.#options = options;
  }

  /**
   * Of a read mark, gives a promise that resolves when it is stored; it rejects with StoreUnavailableError when it
   * could not be. What a device received is tried again until it is stored.
   */
  add(reader: Reader, conv: number, { kind, after, seq, spans }: Acknowledged): Promise<void> | undefined {
    let gathered = this.#waiting.get(conv);
    if (gathered === undefined) {
      gathered = { since: this.#options.clock.now(), entries: new Map(), isAwaited: false };
      this.#waiting.set(conv, gathered);
    }
    const key = `${reader.uid}:${reader.dev}:${kind}`;
    const earlier = gathered.entries.get(key);
    const marked = earlier?.marked ?? (kind === 'received' ? undefined : Promise.withResolvers<void>());
    if (marked !== undefined) gathered.isAwaited = true;
    gathered.entries.set(key, {
      reader,
      kind,
      after: Math.min(after, earlier?.after ?? after),
      seq: Math.max(seq, earlier?.seq ?? 0),
      spans: earlier === undefined || earlier.spans === spans ? spans : joined(earlier.spans, spans),
      marked,
    });
    return marked?.promise;
  }

  /** A read mark of somebody of whom no session says what is new to him. Settles as what add() gives. */
  async markRead(reader: Reader, conv: number, seq: number): Promise<void> {
    const own = (await this.#options.cursors.forDevice(conv, reader.uid, 0))?.own;
    if (own !== undefined)
      await this.add(reader, conv, { kind: 'read', after: Math.min(own.read, seq - 1), seq });
  }

  /** Called several times a second. What many members say of one conversation waits until there is more of it. */
  sweep(): Promise<void> {
    const now = this.#options.clock.now();
    return this.#flushThose(({ since, entries, isAwaited }) => {
      // A clock that was set back does not hold anything up.
      const isEarly = now >= since && now < since + gatherManyMs;
      return isAwaited || entries.size < many || !isEarly;
    });
  }

  /** Everything, before the node stops. */
  flush(): Promise<void> {
    return this.#flushThose(() => true);
  }

  #flushThose(isDue: (gathered: Gathered) => boolean): Promise<void> {
    const due = [...this.#waiting].filter(([, gathered]) => isDue(gathered));
    if (due.length === 0 && this.#untold.length === 0) return this.#flushing;
    for (const [conv] of due) this.#waiting.delete(conv);
    const flush = async (): Promise<void> => {
      await this.#tellUntold();
      await Promise.all(
        due.map(([conv, { entries }]) =>
          this.#flush(conv, [...entries.values()]).catch(this.#options.onError),
        ),
      );
    };
    this.#flushing = this.#flushing.then(flush);
    return this.#flushing;
  }

  /** As long as it can be asked: each question may take as long as the store takes to say that it is away. */
  async #tellUntold(): Promise<void> {
    const untold = this.#untold;
    this.#untold = [];
    for (const [index, one] of untold.entries()) {
      await this.#tellSenders(one).catch(this.#options.onError);
      if (this.#untold.length === 0) continue;
      // Behind the others, in case that only this one cannot be asked.
      this.#untold.unshift(...untold.slice(index + 1));
      return;
    }
  }

  async #flush(conv: number, entries: readonly Waiting[]): Promise<void> {
    const { clock, onError, onMoved = () => {} } = this.#options;
    const now = clock.now();
    const members = new Map<number, Moved>();
    let [after, upto] = [Number.MAX_SAFE_INTEGER, 0];
    const advance = async (waiting: Waiting): Promise<void> => {
      const { reader, after: from, marked } = waiting;
      const { aid, uid, dev, address } = reader;
      const moved = await this.#move(conv, waiting, now).catch((error: unknown) => {
        if (marked === undefined && error instanceof StoreUnavailableError) this.add(reader, conv, waiting);
        else if (marked === undefined) onError(error);
        marked?.reject(error);
        return undefined;
      });
      if (moved === undefined) return;
      marked?.resolve();
      const { spans, isTold } = moved;
      const { delivered, read, seen } = moved.moves;
      if (delivered !== undefined || read !== undefined) {
        onMoved({ aid, uid, address, conv, delivered, read, at: now });
      }
      const told = isTold ? delivered : undefined;
      if (told !== undefined || read !== undefined) {
        const member = members.get(uid) ?? { user: address, lines: [] };
        addLines(member, { spans, after: from, delivered: told, read });
        members.set(uid, member);
        after = Math.min(after, from);
        upto = Math.max(upto, told ?? 0, read ?? 0);
      }
      // The reader's other devices clear their unread marks.
      const own = seen ?? read;
      if (own === undefined) return;
      const bytes = encodeReceipt({ conv, user: address, delivered: undefined, read: own, ts: now });
      publishToUser(this.#options.bus, uid, { type: 'frame', bytes, exceptDev: dev });
    };
    await Promise.all(entries.map(advance));
    if (members.size > 0) await this.#tellSenders({ conv, after, upto, members, ts: now });
  }

  /** Asks first: a store that goes away after something has moved must not leave that untold. */
  async #move(conv: number, { reader, kind, seq, after, ...waiting }: Waiting, now: number) {
    const { cursors, groups, isNoted = () => false, tellsDelivered = () => true } = this.#options;
    const { aid, uid, dev } = reader;
    const spans = waiting.spans ?? (await groups.spans(conv, uid, after));
    const tells = tellsDelivered(reader);
    const isTold = tells === true || (await tells);
    const noted = isNoted(aid) && ({ noted: true } as const);
    return { spans, isTold, moves: await cursors.advance({ conv, uid, dev, kind, seq, now, ...noted }) };
  }

  /** When it cannot be asked who they are, it is tried again. */
  async #tellSenders(untold: Untold): Promise<void> {
    const { conv, after, upto, members, ts } = untold;
    try {
      const senders = await this.#options.groups.senders(conv, after, upto);
      const inTurn = await Promise.all(senders.map((sender) => this.#tellInTurn(sender, conv, members, ts)));
      const others = senders.filter((_, index) => inTurn[index] !== true);
      this.#tell(others, conv, members, ts);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || this.#untold.length >= untoldAtMost) throw error;
      this.#untold.push(untold);
    }
  }

  /**
   * Where messages go to one member in turn, one's cursor says nothing of what others got: the sender is told up to where
   * all of his messages have arrived. False in other groups.
   */
  async #tellInTurn(
    sender: number,
    conv: number,
    moved: ReadonlyMap<number, Moved>,
    ts: number,
  ): Promise<boolean> {
    const key = `${conv}:${sender}`;
    const after = this.#settled.get(key) ?? 0;
    const settled = await this.#options.groups.settled({ conv, sender, after });
    if (settled === undefined) return false;
    const { delivered, read } = settled;
    this.#settled.set(key, Math.min(delivered, read));
    const line = {
      ...(delivered === 0 ? {} : { delivered }),
      ...(read === 0 ? {} : { read }),
    };
    const members = [...moved].flatMap(([uid, { user }]) => (uid === sender ? [] : [{ user, ...line }]));
    if (members.length === 0 || Math.max(delivered, read) === 0) return true;
    const bytes = msgpackCodec.encode({ t: 'receipts', conv, members, ts }) as Uint8Array;
    publishToUser(this.#options.bus, sender, { type: 'frame', bytes });
    return true;
  }

  #tell(senders: readonly number[], conv: number, members: ReadonlyMap<number, Moved>, ts: number): void {
    const encode = (lines: Line[]): Uint8Array[] => {
      const frames: Uint8Array[] = [];
      for (let from = 0; from < lines.length; from += linesPerFrame) {
        const part: ReceiptsFrame = {
          t: 'receipts',
          conv,
          members: lines.slice(from, from + linesPerFrame),
          ts,
        };
        frames.push(msgpackCodec.encode(part) as Uint8Array);
      }
      return frames;
    };
    let forAll: Uint8Array[] | undefined;
    for (const sender of senders) {
      const isAmong = members.has(sender);
      if (!isAmong) forAll ??= encode([...members.values()].flatMap(({ lines }) => lines));
      const others = [...members].filter(([uid]) => uid !== sender).flatMap(([, { lines }]) => lines);
      const frames = isAmong ? encode(others) : (forAll ?? []);
      for (const bytes of frames) publishToUser(this.#options.bus, sender, { type: 'frame', bytes });
    }
  }
}

/** What a member has received or read newly behind `after`: a line for each part of it that is for him. */
function addLines(
  { user, lines }: Moved,
  moved: {
    readonly spans: readonly GroupSpan[];
    readonly after: number;
    readonly delivered: number | undefined;
    readonly read: number | undefined;
  },
): void {
  const { delivered = 0, read = 0 } = moved;
  for (const { after, upto } of moved.spans) {
    const end = (place: number): number => (upto === null ? place : Math.min(place, upto));
    const isNew = (place: number): boolean => end(place) > Math.max(after, moved.after);
    if (!isNew(delivered) && !isNew(read)) continue;
    let line = lines.find((known) => (known.after ?? 0) === after);
    if (line === undefined) {
      line = { user, ...(after > 0 && { after }) };
      lines.push(line);
    }
    if (isNew(delivered)) line.delivered = Math.max(line.delivered ?? 0, end(delivered));
    if (isNew(read)) line.read = Math.max(line.read ?? 0, end(read));
  }
}

/** Of the same reader, by two of his connections. Undefined where one of them is to be asked. */
const joined = (a: Acknowledged['spans'], b: Acknowledged['spans']): Acknowledged['spans'] =>
  a && b && [...a, ...b];

const linesPerFrame = 500;
/** Where so many members acknowledge in a moment, ticks may be a little late. */
const many = 200;
const gatherManyMs = 1_000;
/** More than these are not tried again: who sent learns of it when he asks. */
const untoldAtMost = 1_000;
