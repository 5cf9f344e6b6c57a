import type { Content, Marks, MessageEvent, Reaction } from '@stoa/protocol';
import type { MarkChange, MessageSpecial } from '@stoa/storage';
import type { Directory } from '../directory/index.ts';

/** Whether an event puts something on its target, instead of changing what that says. */
export function isMarkEvent(event: MessageEvent | null): boolean {
  return event !== null && event !== 'edit' && event !== 'recall';
}

/** What an event does to the marks on its target; undefined when it does something else. */
export function markChangeOf(event: MessageEvent | undefined, { reaction }: Content): MarkChange | undefined {
  if (event !== 'react' || reaction === undefined) return undefined;
  const { emoji, on } = reaction;
  return on ? { removes: null, adds: [emoji] } : { removes: { of: 'sender', value: emoji }, adds: [] };
}

/** Says what is on messages in the words of the wire. */
export class MarkFrames {
  readonly #directory: Directory;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  /** Undefined when there never was anything; answers at once for most messages. */
  of(special: MessageSpecial | null): Marks | undefined | Promise<Marks> {
    const marks = special?.marks ?? null;
    return marks === null ? undefined : this.#frame(marks);
  }

  async #frame({ upto, list }: NonNullable<MessageSpecial['marks']>): Promise<Marks> {
    const reactions = new Map<string, string[]>();
    for (const { uid, value } of list) {
      const person = await this.#directory.byUid(uid);
      if (person === undefined) continue;
      const users = reactions.get(value);
      if (users === undefined) reactions.set(value, [person.address]);
      else users.push(person.address);
    }
    const listed: Reaction[] = [...reactions].map(([emoji, users]) => ({ emoji, users }));
    return { upto, ...(listed.length > 0 && { reactions: listed }) };
  }
}
