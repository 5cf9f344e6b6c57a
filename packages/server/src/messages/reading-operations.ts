import { limits, StoaError } from '@stoa/protocol';
import type { Conversation, GroupStore, MessageLog } from '@stoa/storage';
import type { Directory } from '../directory/index.ts';
import type { History } from './history.ts';

export interface ReadingOptions {
  readonly log: MessageLog;
  readonly groups: Pick<GroupStore, 'find' | 'spans'>;
  readonly directory: Directory;
  readonly history: History;
}

interface Reader {
  readonly aid: number;
  readonly uid: number;
}

interface Destination {
  readonly peer?: string;
  readonly gid?: number;
}

/** The operations that read parts of a conversation: what is pinned, and the answers to a message. */
export function readingOperations({ log, groups, directory, history }: ReadingOptions) {
  async function conversationOf({ aid, uid }: Reader, { peer, gid }: Destination) {
    if ((peer === undefined) === (gid === undefined)) {
      throw new StoaError('BAD_REQUEST', 'Name either "peer" or "gid".');
    }
    if (gid !== undefined) return conversationOfGroup({ aid, uid }, gid);
    const other = await directory.byAddress(aid, peer ?? '');
    if (other === undefined) throw new StoaError('INVALID_DESTINATION');
    return log.findConversation({ kind: 'pair', aid, a: uid, b: other.uid });
  }

  async function conversationOfGroup({ aid, uid }: Reader, gid: number): Promise<Conversation | undefined> {
    const group = await groups.find(gid);
    const spans = group?.aid === aid ? await groups.spans(group.conv, uid) : [];
    if (group === undefined || spans.length === 0) {
      throw new StoaError('INVALID_DESTINATION', `There is no group ${gid} in which the user may read.`);
    }
    return log.conversation(group.conv);
  }

  return {
    'messages.pinned': async (reader: Reader, asked: Destination) => {
      const conversation = await conversationOf(reader, asked);
      if (conversation === undefined) return { messages: [] };
      const pinned = await log.pinned(conversation.conv, limits.pinsPerConversation);
      const readable = await history.readable(conversation, pinned, reader.uid);
      return { messages: await history.frames(conversation, readable, reader.uid) };
    },

    'messages.thread': async (
      reader: Reader,
      { mid, before = Number.MAX_SAFE_INTEGER, limit, ...asked }: Destination & ThreadPart,
    ) => {
      const conversation = await conversationOf(reader, asked);
      if (conversation === undefined) return { messages: [], count: 0, more: false };
      const { conv } = conversation;
      const [found, count] = await Promise.all([
        log.answers({ conv, ref: mid, before, limit: limit + 1 }),
        log.countAnswers({
          conv,
          ref: mid,
          ...(conversation.key.kind === 'group' ? { readableBy: reader.uid } : {}),
        }),
      ]);
      const readable = await history.readable(conversation, found.slice(0, limit), reader.uid);
      const messages = await history.frames(conversation, readable, reader.uid);
      return { messages, count, more: found.length > limit };
    },
  };
}

interface ThreadPart {
  readonly mid: number;
  readonly before?: number;
  readonly limit: number;
}
