import type {
  RoomAsk,
  RoomEndReason,
  RoomMediaState,
  RoomNotice,
  RoomRight,
  RoomStreamPlace,
} from '@stoa/protocol';
import type { Map as ImmutableMap } from 'immutable';
import type { People } from './people.ts';

/** Which participant: one device of a user. */
export type ParticipantKey = string;

export function keyOf(uid: number, dev: number): ParticipantKey {
  return `${uid}.${dev}`;
}

/** What is settled when a room begins. */
export interface RoomFacts {
  readonly aid: number;
  readonly gid: number;
  /** Of the group. */
  readonly conv: number;
  /** Random, of this beginning of the room. */
  readonly session: string;
  /** Milliseconds since 1970, like all times here. */
  readonly startedAt: number;
}

/** What may be done in a room, by anybody: from the group and the settings of the node. */
export interface RoomRules {
  readonly participants: number;
  /** Milliseconds that the room may last; 0 for as long as they like. */
  readonly longest: number;
  /** Milliseconds that a device which is lost is waited for. */
  readonly grace: number;
  /** Pixels of a picture. */
  readonly height: number;
  /** Bits per second of all that a participant publishes; 0 for no limit. */
  readonly bitrate: number;
  readonly audio: boolean;
  readonly video: boolean;
  readonly screen: boolean;
  readonly codecs: readonly string[];
  /** Nobody new gets in. */
  readonly locked: boolean;
  /** Whoever is not admitted waits. */
  readonly waiting: boolean;
}

export type Rights = ReadonlySet<RoomRight>;

/** What the app and the group let a user do in a room, beside his rights. */
export interface UserLimits {
  /** Pixels of a picture that he publishes; absent for as many as the room takes. */
  readonly height?: number | undefined;
  /** Milliseconds that he may stay at a time; absent for as long as he likes. */
  readonly longest?: number | undefined;
  /** What of sound, cameras and screens he may publish where the room takes it; absent for all of them. */
  readonly media?: Pick<RoomRules, 'audio' | 'video' | 'screen'> | undefined;
}

/** Sound or picture of a stream. */
export interface Half {
  readonly mid: string;
  readonly state: RoomMediaState;
}

export interface Publication {
  readonly sid: number;
  readonly source: 'camera' | 'screen';
  readonly name: string | undefined;
  readonly audio: Half | undefined;
  readonly video: Half | undefined;
}

/** A stream that a participant wants; its publisher need not be there yet. */
export interface StreamWish extends RoomStreamPlace {
  readonly audio: boolean;
  readonly video: boolean;
  /** Pixels; undefined for as large as it comes, 0 while it is not visible. */
  readonly height?: number | undefined;
}

export interface Wishes {
  readonly streams: readonly StreamWish[];
  /** Whether the sound of everybody else is wanted. */
  readonly others: boolean;
}

/** Devices that do not signal: encoders only publish, players only watch. */
export type Silent = 'whip' | 'whep';

/** Of whom a player shows sound and pictures, in how many m-lines. */
export interface PlayerWish {
  /** Address; undefined for whoever has the floor. */
  readonly user: string | undefined;
  /** Number of a stream; undefined for all that the user publishes. */
  readonly sid: number | undefined;
  readonly audio: number;
  readonly video: number;
}

export interface Participant {
  readonly key: ParticipantKey;
  readonly uid: number;
  readonly dev: number;
  readonly address: string;
  readonly name: string;
  readonly rights: Rights;
  readonly limits: UserLimits;
  /** An encoder or a player, which says nothing but by its media; undefined for a device that signals. */
  readonly as: Silent | undefined;
  /** What a player shows. */
  readonly plays: PlayerWish | undefined;
  readonly joinedAt: number;
  /** Until when a device that was lost is waited for; undefined while it is connected. */
  readonly awayUntil: number | undefined;
  readonly heardAt: number;
  readonly hand: number | undefined;
  readonly streams: readonly Publication[];
  /** Undefined until it says what it wants. */
  readonly wishes: Wishes | undefined;
  /** How often it was told of participants. */
  readonly rev: number;
}

/** Sound or picture of a source. */
export type Lock = `${Publication['source']} ${'audio' | 'video'}`;

/** By user: whoever leaves and comes back, or publishes anew, is muted as he was. */
export type Locks = ImmutableMap<number, ReadonlySet<Lock>>;

export interface RoomState {
  readonly facts: RoomFacts;
  readonly rules: RoomRules;
  readonly locks: Locks;
  /** Since when it is recorded, and who began that; undefined while it is not. */
  readonly recording: { readonly by: string; readonly startedAt: number } | undefined;
  /** Who was the last to have the floor, as far as that was heard. */
  readonly floor: ParticipantKey | undefined;
  /** Since when only players are in it: they do not keep it. */
  readonly unattendedSince: number | undefined;
  readonly participants: People;
  /** When everybody was told last how many there are, and whether that is still true. */
  readonly counted: { readonly at: number; readonly isTrue: boolean };
}

export interface Joiner {
  /** He was in the room before it came to this node. */
  readonly returns?: boolean | undefined;
  readonly uid: number;
  readonly dev: number;
  readonly address: string;
  readonly name: string;
  readonly rights: Rights;
  readonly limits?: UserLimits;
  readonly as?: Silent | undefined;
  readonly plays?: PlayerWish | undefined;
}

/** Whom a command is about. */
export interface ControlTarget {
  readonly user: string;
  readonly dev?: number;
  readonly sid?: number;
}

export type ControlCommand =
  | {
      readonly action: 'mute';
      readonly who: readonly ControlTarget[] | undefined;
      readonly on: boolean;
      readonly audio: boolean;
      readonly video: boolean;
      readonly lock: boolean;
    }
  | { readonly action: 'hangup'; readonly who: readonly ControlTarget[] | undefined }
  | { readonly action: 'ask'; readonly who: readonly ControlTarget[] | undefined; readonly ask: RoomAsk };

/** Something that happened to a room. */
export type RoomInput =
  | { readonly type: 'join'; readonly joiner: Joiner }
  | { readonly type: 'leave'; readonly key: ParticipantKey; readonly reason: RoomEndReason }
  /** The last connection of the device has ended. */
  | { readonly type: 'lost'; readonly key: ParticipantKey }
  | { readonly type: 'alive'; readonly key: ParticipantKey }
  /** The group was changed; who is not named may do nothing any more. */
  | {
      readonly type: 'rights';
      readonly rules: RoomRules;
      readonly rights: ReadonlyMap<ParticipantKey, Rights>;
      /** Of whom it is not known, they stay as they are. */
      readonly limits?: ReadonlyMap<ParticipantKey, UserLimits>;
    }
  | { readonly type: 'published'; readonly key: ParticipantKey; readonly streams: readonly Publication[] }
  | { readonly type: 'watch'; readonly key: ParticipantKey; readonly wishes: Wishes }
  | {
      readonly type: 'mute';
      readonly key: ParticipantKey;
      readonly sid: number;
      readonly audio: boolean | undefined;
      readonly video: boolean | undefined;
    }
  | { readonly type: 'hand'; readonly key: ParticipantKey; readonly raised: boolean }
  | { readonly type: 'react'; readonly key: ParticipantKey; readonly reaction: string }
  | { readonly type: 'control'; readonly key: ParticipantKey; readonly command: ControlCommand }
  | {
      readonly type: 'speakers';
      readonly speakers: readonly StreamId[];
      readonly active: StreamId | undefined;
    }
  /** Its recording begins, or ends when nobody is named. */
  | { readonly type: 'recording'; readonly by: ParticipantKey | undefined }
  | { readonly type: 'mediaLost' }
  | { readonly type: 'tick' };

/** A stream as the media plane names it. */
export interface StreamId {
  readonly key: ParticipantKey;
  readonly sid: number;
}

/** What is to be done. */
export type RoomEffect =
  | { readonly type: 'tell'; readonly to: readonly Addressee[]; readonly notice: RoomNotice }
  /** What a participant may publish has changed. */
  | { readonly type: 'permit'; readonly key: ParticipantKey }
  | {
      readonly type: 'mute';
      readonly key: ParticipantKey;
      readonly sid: number;
      readonly half: 'audio' | 'video';
      readonly muted: boolean;
    }
  /** What a participant publishes has ended. */
  | { readonly type: 'unpublish'; readonly key: ParticipantKey }
  | { readonly type: 'unview'; readonly key: ParticipantKey }
  /** What it wants, or may see, has changed. */
  | { readonly type: 'watch'; readonly key: ParticipantKey }
  | { readonly type: 'gone'; readonly key: ParticipantKey };

export interface Addressee {
  readonly uid: number;
  readonly dev: number;
}

export interface RoomContext {
  readonly now: number;
}

export interface RoomStep {
  readonly state: RoomState;
  readonly effects: readonly RoomEffect[];
}

/** How a stream is named to devices. */
export function placeOf({ address, dev }: Participant, sid: number): RoomStreamPlace {
  return { user: address, dev, sid };
}
