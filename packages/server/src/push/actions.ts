import { createHash } from 'node:crypto';
import { type Content, StoaError } from '@stoa/protocol';
import type { Store, UserToken } from '@stoa/storage';
import type { Directory } from '../directory/index.ts';
import type { TokenBuckets } from '../limits/index.ts';
import type { ActionTickets } from './action-tickets.ts';

/** What the buttons of a notification ask for. */
export type PushAction = { readonly action: 'read' } | { readonly action: 'reply'; readonly text: string };

export interface PushActionsOptions {
  readonly store: Pick<Store, 'devices' | 'log' | 'tokens' | 'users'>;
  readonly now: () => number;
  readonly directory: Pick<Directory, 'byUid'>;
  readonly tickets: ActionTickets;
  /** By users. */
  readonly rate: TokenBuckets;
  /** With all that is asked of a message which the user sends himself. */
  readonly send: (
    message: { aid: number; from: string; content: Content; id: number } & Receiver,
  ) => Promise<unknown>;
  readonly markRead: (
    reader: Reader,
    conv: { id: number; isGroup: boolean },
    seq: number,
  ) => Promise<unknown>;
}

type Receiver = { readonly to: string } | { readonly gid: number };

interface Reader {
  readonly aid: number;
  readonly uid: number;
  readonly address: string;
  readonly dev: number;
}

/** Carries out what the buttons of notifications ask for. */
export class PushActions {
  readonly #options: PushActionsOptions;

  constructor(options: PushActionsOptions) {
    this.#options = options;
  }

  /**
   * Answering marks as read, too. Repeating it answers once.
   *
   * @throws StoaError BAD_TOKEN, TOKEN_EXPIRED, RATE_LIMITED, SIGNED_OUT when the device is not the user's any more, or
   * could not sign in with its token, SUSPENDED, or what keeps the user from sending
   */
  async perform(ticket: string, asked: PushAction): Promise<void> {
    const { store, now, directory, tickets, rate, send, markRead } = this.#options;
    const { uid, dev, conv, seq } = tickets.read(ticket);
    const retryAfterMs = rate.take(uid);
    if (retryAfterMs > 0) throw new StoaError('RATE_LIMITED', undefined, { retryAfterMs });
    const [user, device, tokens, conversation] = await Promise.all([
      store.users.find(uid),
      store.devices.find(uid, dev),
      store.tokens.list(uid),
      store.log.conversation(conv),
    ]);
    if (device === undefined || device.ended !== null || user === undefined || user.removed) {
      throw new StoaError('SIGNED_OUT');
    }
    const isGood = ({ id, expiresAt }: UserToken): boolean =>
      id === device.tokenId && (expiresAt === null || expiresAt > now());
    if (device.tokenId !== null && !tokens.some(isGood)) throw new StoaError('SIGNED_OUT');
    if (!user.active) throw new StoaError('SUSPENDED');
    if (conversation === undefined) throw new StoaError('NOT_FOUND', 'The conversation is gone.');
    const { aid, address } = user;
    const { key } = conversation;
    const isGroup = key.kind === 'group';
    // First: whoever is told that it could not be done must be able to answer anew without having answered already.
    await markRead({ aid, uid, address, dev: 0 }, { id: conv, isGroup }, seq);
    if (asked.action === 'read') return;
    const peer = isGroup ? undefined : await directory.byUid(key.a === uid ? key.b : key.a);
    if (!isGroup && (peer === undefined || peer.removed)) throw new StoaError('INVALID_DESTINATION');
    const receiver = isGroup ? { gid: key.gid } : { to: peer?.address ?? '' };
    const { text } = asked;
    await send({ aid, from: address, content: { text }, id: replyId(ticket, text), ...receiver });
  }
}

/** 53 bits: the same answer to the same notification, sent again because nobody heard that it was, is one message. */
function replyId(ticket: string, text: string): number {
  const hash = createHash('sha256')
    .update(JSON.stringify([ticket, text]))
    .digest();
  return Number(hash.readBigUInt64BE() >> 11n) || 1;
}
