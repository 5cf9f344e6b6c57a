import type { Marks, MessageFrame } from '@stoa/protocol';

interface Mark {
  readonly emoji: string;
  readonly user: string;
}

/** The marks on the messages of a simulated log, as a server keeps and tells them. */
export class SimulatedMarks {
  readonly #on = new Map<number, { upto: number; marks: Mark[] }>();

  /** An event has its place. */
  add({ content, from: user, seq }: MessageFrame, target: number): void {
    const reaction = content?.reaction;
    if (reaction === undefined) return;
    const { marks } = this.#on.get(target) ?? { marks: [] };
    const { emoji, on } = reaction;
    const isOn = marks.some((mark) => mark.emoji === emoji && mark.user === user);
    const rest = marks.filter((mark) => mark.emoji !== emoji || mark.user !== user);
    this.#on.set(target, {
      upto: seq,
      marks: on ? (isOn ? marks : [...marks, { emoji, user }]) : rest,
    });
  }

  /** They go with the content of the message. */
  remove(target: number): void {
    this.#on.delete(target);
  }

  of(target: number): Marks | undefined {
    const known = this.#on.get(target);
    if (known === undefined) return undefined;
    const emoji = [...new Set(known.marks.map((mark) => mark.emoji))];
    const reactions = emoji.map((one) => ({
      emoji: one,
      users: known.marks.filter((mark) => mark.emoji === one).map(({ user }) => user),
    }));
    return { upto: known.upto, ...(reactions.length > 0 && { reactions }) };
  }

  /** A stretch of the log as it is read: messages with what is on them, and of events the last of each message. */
  read(log: readonly MessageFrame[]): MessageFrame[] {
    const told = new Set(log.map(({ seq }) => seq));
    const frames: MessageFrame[] = [];
    for (const frame of log.toReversed()) {
      const next = frames.at(-1);
      const { event, target = 0, seq } = frame;
      const isMark = event === 'react';
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
