import { limits, type MessageFrame, StoaError } from '@stoa/protocol';
import type { Conversation, GroupStore, MessageLog } from '@stoa/storage';
import type { Directory } from '../directory/index.ts';
import type { History } from './history.ts';

export interface BackendReadingOptions {
  readonly log: MessageLog;
  readonly groups: Pick<GroupStore, 'find'>;
  readonly directory: Directory;
  readonly history: Pick<History, 'frames'>;
}

/** Whose pinned messages: of a group, or of two users. */
export type PinnedIn = { readonly gid: number } | { readonly users: readonly [string, string] };

/** How the application's own back end reads messages of its users: whatever is still there of them. */
export class BackendReading {
  readonly #options: BackendReadingOptions;

  constructor(options: BackendReadingOptions) {
    this.#options = options;
  }

  /** @throws StoaError NOT_FOUND when the app has no such message */
  async message(aid: number, mid: number): Promise<MessageFrame> {
    const { log, history } = this.#options;
    const message = await log.find(mid);
    const conversation = message && (await log.conversation(message.conv));
    if (message === undefined || conversation?.key.aid !== aid) {
      throw new StoaError('NOT_FOUND', `There is no message ${mid}.`);
    }
    const [frame] = await history.frames(conversation, [message], message.sender);
    if (frame === undefined) throw new StoaError('NOT_FOUND', `There is no message ${mid}.`);
    return frame;
  }

  /**
   * In the order in which they were pinned.
   *
   * @throws StoaError NOT_FOUND when there is no such group or user
   */
  async pinned(aid: number, where: PinnedIn): Promise<MessageFrame[]> {
    const { log, history } = this.#options;
    const conversation = await this.#conversation(aid, where);
    if (conversation === undefined) return [];
    const pinned = await log.pinned(conversation.conv, limits.pinsPerConversation);
    const frames = await Promise.all(
      pinned.map((message) => history.frames(conversation, [message], message.sender)),
    );
    return frames.flat().filter(({ gone }) => gone === undefined);
  }

  async #conversation(aid: number, where: PinnedIn): Promise<Conversation | undefined> {
    const { log, groups, directory } = this.#options;
    if ('gid' in where) {
      const group = await groups.find(where.gid);
      if (group?.aid !== aid || group.deleted) {
        throw new StoaError('NOT_FOUND', `There is no group ${where.gid}.`);
      }
      return log.conversation(group.conv);
    }
    const [a, b] = await Promise.all(
      where.users.map(async (address) => {
        const user = await directory.byAddress(aid, address);
        if (user === undefined) throw new StoaError('NOT_FOUND', `There is no user "${address}".`);
        return user.uid;
      }),
    );
    return log.findConversation({ kind: 'pair', aid, a: a ?? 0, b: b ?? 0 });
  }
}
