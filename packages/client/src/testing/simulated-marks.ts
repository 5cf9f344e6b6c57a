import type { Marks, MessageFrame } from '@stoa/protocol';

interface Mark {
  readonly event: MessageFrame['event'];
  readonly value: string;
  readonly user: string;
  readonly ts: number;
}

/** The marks on the messages of a simulated log, as a server keeps and tells them. */
export class SimulatedMarks {
  readonly #on = new Map<number, { upto: number; marks: Mark[] }>();

  /** An event has its place. */
  add({ event, content = {}, from: user, seq, ts }: MessageFrame, target: number): void {
    const { marks } = this.#on.get(target) ?? { marks: [] };
    const { reaction, vote, pin } = content;
    const adds = reaction?.on ? [reaction.emoji] : (vote?.options.map(String) ?? (pin?.on ? [''] : []));
    const goes = (mark: Mark): boolean => {
      if (mark.event !== event) return false;
      if (pin !== undefined) return true;
      if (mark.user !== user) return false;
      return vote !== undefined || (reaction?.on === false && mark.value === reaction.emoji);
    };
    const rest = marks.filter((mark) => !goes(mark));
    const isThere = (value: string) =>
      rest.some((mark) => mark.event === event && mark.user === user && mark.value === value);
    const added = adds.filter((value) => !isThere(value)).map((value) => ({ event, value, user, ts }));
    this.#on.set(target, { upto: seq, marks: [...rest, ...added] });
  }

  /** They go with the content of the message. */
  remove(target: number): void {
    this.#on.delete(target);
  }

  of(target: number): Marks | undefined {
    const known = this.#on.get(target);
    if (known === undefined) return undefined;
    const byValue = (event: MessageFrame['event']) => {
      const marks = known.marks.filter((mark) => mark.event === event);
      const values = [...new Set(marks.map(({ value }) => value))];
      return values.map((value) => ({
        value,
        users: marks.filter((mark) => mark.value === value).map(({ user }) => user),
      }));
    };
    const reactions = byValue('react').map(({ value: emoji, users }) => ({ emoji, users }));
    const votes = byValue('vote').map(({ value, users }) => ({ option: Number(value), users }));
    const pin = known.marks.find(({ event }) => event === 'pin');
    return {
      upto: known.upto,
      ...(reactions.length > 0 && { reactions }),
      ...(votes.length > 0 && { votes }),
      ...(pin !== undefined && { pinned: { user: pin.user, ts: pin.ts } }),
    };
  }

  /** A stretch of the log as it is read: messages with what is on them, and of events the last of each message. */
  read(log: readonly MessageFrame[]): MessageFrame[] {
    const told = new Set(log.map(({ seq }) => seq));
    const frames: MessageFrame[] = [];
    for (const frame of log.toReversed()) {
      const next = frames.at(-1);
      const { event, target = 0, seq } = frame;
      const isMark = isMarkEvent(event);
      if (isMark && next !== undefined && told.has(target)) {
        frames[frames.length - 1] = { ...next, first: seq };
        continue;
      }
      if (isMark) told.add(target);
      const marks = this.of(isMark ? target : seq);
      frames.push({ ...frame, ...(isMark && { content: {} }), ...(marks && { marks }) });
    }
    return frames.reverse();
  }
}

export function isMarkEvent(event: MessageFrame['event']): boolean {
  return event !== undefined && event !== 'edit' && event !== 'recall';
}
