import type { CallEndReason, CallLog, CallNotice, CallRequest, IceCandidate } from '@stoa/protocol';

/** What is settled when a call begins. */
export interface CallFacts {
  readonly id: string;
  readonly aid: number;
  readonly caller: {
    readonly uid: number;
    readonly address: string;
    readonly name: string;
    readonly dev: number;
  };
  readonly callee: { readonly uid: number; readonly address: string };
  readonly video: boolean;
  /** How long it may last by what the app lets the two do, in milliseconds; absent for as long as they like. */
  readonly longest?: number | undefined;
  /** Milliseconds since 1970, like all times here. */
  readonly invitedAt: number;
}

/** Who answered, and when. */
export interface CallAnswer {
  readonly dev: number;
  readonly at: number;
  readonly video: boolean;
}

export type Side = 'caller' | 'callee';

/** Which way the media goes: from device to device, or through this node when they do not reach each other. */
export type Relaying =
  | { readonly is: 'off' }
  /** A media room is being opened. */
  | { readonly is: 'opening' }
  /** Both devices are told the name of the room, and make their connections to it. */
  | { readonly is: 'on'; readonly session: string };
export type RelayOffer = Extract<CallRequest, { type: 'relayOffer' }>;
type NoticeOf<Type extends CallNotice['type']> = Extract<CallNotice, { type: Type }>;

/** All devices of the callee ring, and the first one that answers has the call. */
export interface RingingCall {
  readonly phase: 'ringing';
  readonly facts: CallFacts;
  /** When it counts as not answered. */
  readonly ringsUntil: number;
  /** When somebody who is offline is to be woken; undefined when that is done, or not needed. */
  readonly wakeAt: number | undefined;
  /** When the caller is to be told that no device rings so far; undefined likewise. */
  readonly tellAt: number | undefined;
  readonly woken: boolean;
  /** How far the caller was told that it rings. */
  readonly rings: 'no' | 'waiting' | 'yes';
  /** The caller counts as gone when nothing is heard of his device until then. */
  readonly callerUntil: number;
  /** What devices that come later must be told of the caller. */
  readonly offer: { readonly epoch: number; readonly sdp: string } | undefined;
  readonly candidates: { readonly epoch: number; readonly list: readonly IceCandidate[] };
  readonly media: NoticeOf<'media'> | undefined;
}

export interface AnsweredCall {
  readonly phase: 'answered';
  readonly facts: CallFacts;
  readonly answer: CallAnswer;
  readonly connected: Readonly<Record<Side, boolean>>;
  readonly relaying: Relaying;
  /** When it counts as failed unless both sides are connected. */
  readonly connectsUntil: number;
  readonly heardAt: Readonly<Record<Side, number>>;
  /** A side counts as gone when nothing is heard of its device until then. */
  readonly until: Readonly<Record<Side, number>>;
}

/** Kept for a while, so that devices that come late learn how it ended. */
export interface EndedCall {
  readonly phase: 'ended';
  readonly facts: CallFacts;
  readonly seconds: number;
  readonly callerReason: CallEndReason;
  /** The device of the callee that answered or refused, if one did. */
  readonly dev: number | undefined;
  /** What that device is told. */
  readonly devReason: CallEndReason;
  /** What the callee's other devices are told. */
  readonly otherReason: CallEndReason;
}

export type CallState = RingingCall | AnsweredCall | EndedCall;

/** Something that happened to a call. */
export type CallInput =
  /** A device of one of the two says something. */
  | { readonly type: 'said'; readonly uid: number; readonly dev: number; readonly event: CallRequest }
  /** A device of one of the two has signed in, or may have `missed` something while it was. */
  | { readonly type: 'signedIn'; readonly uid: number; readonly dev: number; readonly missed: boolean }
  /** The media room that was to be opened is there, or there can be none. */
  | { readonly type: 'relayOpened'; readonly session: string }
  | { readonly type: 'relayRefused' }
  /** The process that had the media room is gone. */
  | { readonly type: 'relayLost' }
  /** What a device has offered to the media room cannot be taken. */
  | { readonly type: 'offerRefused' }
  /** The user of a side was suspended, or its device signed out. */
  | { readonly type: 'signedOut' }
  /** What devices said at other nodes, and what they were told there, may have got lost. */
  | { readonly type: 'unheard' }
  /** `deaf`: what devices say at other nodes does not come. */
  | { readonly type: 'tick'; readonly deaf: boolean };

/** What is to be done. */
export type CallEffect =
  /** Tell one device of a user, all of them, or all but one. */
  | {
      readonly type: 'tell';
      readonly uid: number;
      readonly dev?: number;
      readonly exceptDev?: number;
      readonly notice: CallNotice;
    }
  /** Open a media room in place of the one before, if there was one. */
  | { readonly type: 'openRelay' }
  /** Answer the offers of a side, and connect it to the media room. */
  | { readonly type: 'connectRelay'; readonly side: Side; readonly offer: RelayOffer }
  /** Tell a side again what the media room wants of it. */
  | { readonly type: 'repeatRelay'; readonly side: Side }
  /** Write the message that the call leaves behind. */
  | { readonly type: 'log'; readonly log: CallLog }
  /** No device of the callee answers: wake one. */
  | { readonly type: 'wake' }
  /** What was woken need not ring any more. */
  | { readonly type: 'unwake' };

/** How long things may take, in milliseconds. */
export interface CallTimes {
  /** From the invitation to the answer. */
  readonly ring: number;
  /** From the answer until both sides are connected. */
  readonly connect: number;
  /** Without a word of a side. */
  readonly grace: number;
  /** The whole call, from the answer on; 0 for as long as they like. */
  readonly longest: number;
}

/** What reduce needs besides the state and the input. */
export interface CallContext {
  readonly now: number;
  readonly times: CallTimes;
  /** Signs what a device needs to go on with the call at another node. */
  readonly ticket: (facts: CallFacts, answer?: CallAnswer) => string;
}

export interface CallStep {
  readonly state: CallState;
  readonly effects: readonly CallEffect[];
}
