import { type Client, type Target, targetOf } from '@stoa/client';
import { MESIBO_DELETE_RECALL } from './constants/message.ts';
import {
  MESIBO_DBTABLE_KEYS,
  MESIBO_DBTABLE_MESSAGES,
  MESIBO_DBTABLE_PROFILES,
} from './constants/read-session.ts';
import { MESIBO_RESULT_AUTHFAIL, MESIBO_RESULT_BADREQ, MESIBO_RESULT_OK } from './constants/result.ts';
import { internal } from './internal.ts';
import { MesiboCalls } from './mesibo-calls.ts';
import type { MesiboMessage } from './messages/message.ts';
import { fillFromParams, type V1File, type V1Params } from './messages/v1-params.ts';
import type { MesiboProfile } from './profiles/profile.ts';
import { deleteOlderThan } from './reading/delete-older.ts';
import { findStored } from './reading/find-stored.ts';
import { all, allTargets, NewestFirst } from './reading/message-source.ts';
import { MesiboReadSession, type SessionListener } from './reading/read-session.ts';
import { resultOf } from './result.ts';
import { unsupported } from './unsupported.ts';

/** A profile as v1 applications hand it over. */
export interface V1Profile {
  readonly address?: string;
  readonly groupid?: number;
  readonly name?: string;
  readonly status?: string;
  readonly picture?: string;
}

/** The functions of the v1 generation: parameters in plain objects, messages by their ids. */
export abstract class MesiboV1 extends MesiboCalls {
  /** @returns MESIBO_RESULT_*; `params.id` (or `id`) is the id by which the message's status is reported. */
  sendMessage(params: V1Params, id: number, message: V1Params['message']): number {
    return this.sendFrom(params, { ...params, id, ...(message === undefined ? {} : { message }) });
  }
  sendFile(params: V1Params, id: number, file: V1File): number {
    return this.sendFrom(params, { ...params, ...file, id });
  }
  sendLocation(params: V1Params, id: number, location: { latitude: number; longitude: number }): number {
    return this.sendFrom(params, { ...params, ...location, id });
  }

  /** `(params, id)` or `(address, gid, id)`: the message and all before it were read. Ids may be text. */
  sendReadReceipt(...args: [V1Params, number | string] | [string, number, number | string]): number {
    const { client } = this[internal];
    if (client === undefined) return MESIBO_RESULT_AUTHFAIL;
    const [target, id] =
      args.length === 2
        ? [targetIn(args[0]), args[1]]
        : [targetIn({ peer: args[0], groupid: args[1] }), args[2]];
    if (target === undefined) return MESIBO_RESULT_BADREQ;
    this.reportRead(client, target, id).catch((error) => this[internal].fail(error));
    return MESIBO_RESULT_OK;
  }

  /** `interval`: seconds, or milliseconds from 1000 on. */
  sendActivity(params: V1Params, _mid: number, activity: number, interval = 0): number {
    return this.profileIn(params)?.sendActivity(0, activity, 0, interval) ?? MESIBO_RESULT_BADREQ;
  }

  forwardMessage(params: V1Params, id: number, mid: number): number {
    const profile = this.profileIn(params);
    if (profile === undefined) return MESIBO_RESULT_BADREQ;
    return this.withMessage(mid, (message) => {
      const copy = message.forward(profile);
      if (id) copy.setMessageId(id);
      return copy.send();
    });
  }
  resendMessage(_params: V1Params, mid: number): number {
    return this.withMessage(mid, (message) => message.resend());
  }
  /** What is on its way to the server cannot be called back. */
  cancel(_type: number, _mid: number): number {
    return unsupported(this[internal], 'Cancelling');
  }

  /**
   * For this user, on all of his devices; `remote` true or MESIBO_DELETE_RECALL: for everybody. Resolves to
   * MESIBO_RESULT_*.
   */
  deleteMessage(mid: number, remote: boolean | number = false): Promise<number> {
    const isForAll = remote === true || remote === MESIBO_DELETE_RECALL;
    return this.onMessage(mid, (message) => (isForAll ? message.recall() : message.delete()));
  }
  /** `ids`, the conversation named by `params`, or everything until a time in milliseconds. */
  async deleteMessages(what: readonly number[] | V1Params | number): Promise<number> {
    if (typeof what === 'number') return this.deleteUntil(what);
    if (isIds(what)) {
      return allOf(what.map((id) => this.deleteMessage(id)));
    }
    return (await this.profileIn(what)?.deleteMessages()) ?? MESIBO_RESULT_BADREQ;
  }
  deleteMessagesOlderThan(seconds: number): Promise<number> {
    return this.deleteUntil(Date.now() - seconds * 1000);
  }
  wipeMessage(mid: number): Promise<number> {
    return this.onMessage(mid, (message) => message.wipe());
  }
  recallMessage(mid: number): Promise<number> {
    return this.onMessage(mid, (message) => message.recall());
  }
  wipeAndRecallMessage(mid: number): Promise<number> {
    return this.onMessage(mid, (message) => message.wipeAndRecall());
  }
  wipeMessages(mids: readonly number[]): Promise<number> {
    return allOf(mids.map((mid) => this.wipeMessage(mid)));
  }
  recallMessages(mids: readonly number[]): Promise<number> {
    return allOf(mids.map((mid) => this.recallMessage(mid)));
  }
  wipeAndRecallMessages(mids: readonly number[]): Promise<number> {
    return allOf(mids.map((mid) => this.wipeAndRecallMessage(mid)));
  }
  /** For how many seconds after sending mayBeRetracted() says true; default 3600. The server may allow less. */
  setMessageRetractionInterval(seconds: number): void {
    this[internal].retraction.intervalSeconds = Math.max(0, Number(seconds));
  }
  /** MESIBO_RETRACT_*: what may be done with own messages; WIPE or DELETE lets them be taken back. Default: everything. */
  setMessageRetractionPolicy(bits: number): void {
    this[internal].retraction.policy = Number(bits);
  }
  /** MESIBO_RETRACT_*: what others may do with theirs on this device: MODIFY, WIPE or DELETE. Default: everything. */
  setRemoteRetractionPolicy(bits: number): void {
    this[internal].retraction.remotePolicy = Number(bits);
  }

  /** @param tables MESIBO_DBTABLE_*; messages are removed from this device only. */
  async resetDatabase(tables: number = MESIBO_DBTABLE_MESSAGES): Promise<number> {
    const { profiles, keys } = this[internal];
    if (tables & MESIBO_DBTABLE_PROFILES) for (const profile of profiles.all()) profile.remove();
    if (tables & MESIBO_DBTABLE_KEYS) for (const key of keys.list('key:')) keys.delete(key);
    if (tables & MESIBO_DBTABLE_MESSAGES) return this.deleteUntil(Number.POSITIVE_INFINITY);
    return MESIBO_RESULT_OK;
  }

  /** A read session of one conversation, or (`peer` and `groupid` empty) of all. */
  readDbSession(
    peer: string | null,
    groupid: number,
    query: string | null,
    listener?: SessionListener,
  ): MesiboReadSession {
    const target = targetIn({ peer, groupid });
    const scope = { context: this[internal] };
    const session = new MesiboReadSession(listener, target === undefined ? scope : { ...scope, target });
    session.setQuery(query ?? '');
    return session;
  }

  /** v1 profiles are local. */
  setProfile(profile: V1Profile, _refresh = false): MesiboProfile | null {
    const known = this.profileIn({ peer: profile.address ?? null, groupid: profile.groupid ?? 0 });
    if (known === undefined) return null;
    fillProfile(known, profile);
    known.save();
    return known;
  }
  createProfile(address: string, groupid = 0, name = ''): MesiboProfile | null {
    return this.setProfile({ address, groupid, name });
  }
  deleteUserProfile(profile: V1Profile): number {
    const known = this.profileIn({ peer: profile.address ?? null, groupid: profile.groupid ?? 0 });
    return known?.remove() ?? MESIBO_RESULT_BADREQ;
  }
  setSelfProfile(profile: V1Profile): number {
    fillProfile(this[internal].profiles.self, profile);
    return this[internal].profiles.self.save();
  }
  getProfiles(): MesiboProfile[] {
    return this[internal].profiles.all();
  }
  getSortedUserProfiles(): MesiboProfile[] {
    return this[internal].profiles.all().filter((profile) => !profile.isGroup());
  }

  /** At once with one that somebody shows; later, and MESIBO_RESULT_OK for now, with what else is on this device. */
  private withMessage(mid: number, act: (message: MesiboMessage) => number): number {
    const held = this[internal].messages.find(mid);
    if (held !== undefined) return act(held);
    if (!(mid > 0)) return MESIBO_RESULT_BADREQ;
    void this.onMessage(mid, async (message) => act(message));
    return MESIBO_RESULT_OK;
  }

  /** Of those that nobody shows at the moment, what is on this device. */
  private async onMessage(mid: number, act: (message: MesiboMessage) => Promise<number>): Promise<number> {
    const { messages } = this[internal];
    const held = messages.find(mid);
    if (held !== undefined) return act(held);
    try {
      const stored = await findStored(await this[internal].whenClient(), mid);
      return stored === undefined ? MESIBO_RESULT_BADREQ : await act(messages.stored(stored));
    } catch (error) {
      return resultOf(error);
    }
  }

  private sendFrom(params: V1Params, content: V1Params & V1File): number {
    const profile = this.profileIn(params);
    if (profile === undefined) return MESIBO_RESULT_BADREQ;
    const message: MesiboMessage = profile.newMessage();
    fillFromParams(message, { ...content, id: content.id || params.id || 0 });
    return message.send();
  }

  private profileIn(params: V1Params): MesiboProfile | undefined {
    const target = targetIn(params);
    if (target === undefined) return undefined;
    const { profiles } = this[internal];
    return 'gid' in target ? profiles.group(target.gid) : profiles.user(target.peer);
  }

  private async reportRead(client: Client, target: Target, id: number | string): Promise<void> {
    const local = this[internal].messages.find(id)?.[internal].local;
    const message =
      local ??
      (await all(new NewestFirst(client, target))).find((stored) => String(stored.mid) === String(id));
    // Not one message more than was named: a receipt must be true.
    if (message !== undefined) await client.markRead(targetOf(message.conversation), { upTo: message.seq });
  }

  private async deleteUntil(ts: number): Promise<number> {
    const { sessions } = this[internal];
    try {
      const client = await this[internal].whenClient();
      for (const target of await allTargets(client)) {
        await deleteOlderThan(client, target, ts);
        sessions.removeOlderThan(target, ts);
      }
      return MESIBO_RESULT_OK;
    } catch (error) {
      return resultOf(error);
    }
  }
}

/** The first failure, if there is any. */
async function allOf(results: readonly Promise<number>[]): Promise<number> {
  return (await Promise.all(results)).find((result) => result !== MESIBO_RESULT_OK) ?? MESIBO_RESULT_OK;
}

function targetIn(params: V1Params): Target | undefined {
  // From a form or an address bar it is text.
  const gid = Number(params.groupid || params.gid || 0);
  if (gid > 0) return { gid };
  const peer = String(params.peer ?? '');
  return peer === '' ? undefined : { peer };
}

function isIds(what: readonly number[] | V1Params): what is readonly number[] {
  return Array.isArray(what);
}

function fillProfile(profile: MesiboProfile, values: V1Profile): void {
  if (values.name !== undefined) profile.setName(values.name);
  if (values.status !== undefined) profile.setStatus(values.status);
  if (values.picture !== undefined) profile.setImageUrl(values.picture);
}
