import type { Content, Marks, MessageEvent } from '@stoa/protocol';
import type { MarkChange, MessageSpecial } from '@stoa/storage';
import type { Directory } from '../directory/index.ts';

/** Whether an event puts something on its target, instead of changing what that says. */
export function isMarkEvent(event: MessageEvent | null): boolean {
  return event !== null && event !== 'edit' && event !== 'recall';
}

/** What an event does to the marks on its target; undefined when it does something else. */
export function markChangeOf(
  event: MessageEvent | undefined,
  { reaction, pin, vote }: Content,
): MarkChange | undefined {
  if (event === 'react' && reaction !== undefined) {
    const { emoji, on } = reaction;
    return on ? { removes: null, adds: [emoji] } : { removes: { of: 'sender', value: emoji }, adds: [] };
  }
  if (event === 'vote' && vote !== undefined) {
    // It was refused if the poll was closed when it came; here it counts if it got its place before the end.
    return { removes: { of: 'sender' }, adds: vote.options.map(String), unless: 'close' };
  }
  if (event === 'pin' && pin !== undefined) {
    return { removes: { of: 'anybody' }, adds: pin.on ? [''] : [] };
  }
  // It stays closed since the first time.
  return event === 'close' ? { removes: null, adds: [''] } : undefined;
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
    const votes = new Map<string, string[]>();
    let pinned: Marks['pinned'];
    let closed: Marks['closed'];
    for (const { event, uid, ts, value } of list) {
      const user = (await this.#directory.byUid(uid))?.address;
      if (user === undefined) continue;
      if (event === 'react') add(reactions, value, user);
      else if (event === 'vote') add(votes, value, user);
      else if (event === 'pin') pinned = { user, ts };
      else closed = ts;
    }
    return {
      upto,
      ...(reactions.size > 0 && { reactions: [...reactions].map(([emoji, users]) => ({ emoji, users })) }),
      ...(votes.size > 0 && {
        votes: [...votes].map(([option, users]) => ({ option: Number(option), users })),
      }),
      ...(pinned !== undefined && { pinned }),
      ...(closed !== undefined && { closed }),
    };
  }
}

function add(map: Map<string, string[]>, key: string, user: string): void {
  const users = map.get(key);
  if (users === undefined) map.set(key, [user]);
  else users.push(user);
}
