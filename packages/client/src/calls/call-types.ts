import type { CallEndReason, StoaError } from '@stoa/protocol';

/**
 * An outgoing call goes `starting` (microphone and camera are being opened) → `calling` → `ringing` → `connecting` →
 * `connected`, an incoming one `incoming` → `answering` → `connecting` → `connected`; both end as `ended`.
 *
 * - `waking`: no device of the other side has answered so far; `waiting`: the other one is in another call, and is told.
 * - `reconnecting`: the media is interrupted, and comes back by itself or the call ends after a minute.
 * - `interrupted`: the page was loaded anew; resume() goes on with the call, hangup() ends it.
 */
export type CallPhase =
  | 'starting'
  | 'calling'
  | 'waking'
  | 'ringing'
  | 'waiting'
  | 'incoming'
  | 'answering'
  | 'connecting'
  | 'connected'
  | 'reconnecting'
  | 'interrupted'
  | 'ended';

export type CallStatus =
  | { readonly phase: Exclude<CallPhase, 'ended'> }
  /** How long the two talked, in seconds. */
  | { readonly phase: 'ended'; readonly reason: CallEndReason; readonly seconds: number };

/** What a side sends. */
export interface CallMedia {
  readonly audio: boolean;
  readonly video: boolean;
  /** The video is a screen. */
  readonly screen: boolean;
  /** Nothing is sent nor played. */
  readonly hold: boolean;
}

/** How good the connection is, every two seconds. Absent: not known (yet). */
export interface CallQuality {
  readonly level: 'good' | 'fair' | 'poor';
  /** Milliseconds to the other side and back. */
  readonly rttMs?: number;
  /** Share of the packets that got lost on their way here, and on their way there: 0 to 1. */
  readonly lossIn?: number;
  readonly lossOut?: number;
  /** Variation of the delay of the audio that comes, in milliseconds. */
  readonly jitterMs?: number;
  /** Kilobits per second, audio and video together. */
  readonly kbitIn?: number;
  readonly kbitOut?: number;
  /** Kilobits per second that the network is believed to take from here. */
  readonly kbitAvailable?: number;
  /** The media goes through a TURN server, or the media server. */
  readonly relayed?: boolean;
  /** The video that comes. */
  readonly video?: { readonly width: number; readonly height: number; readonly framesPerSecond: number };
  /** The own video is paused, because the network takes too little of it. */
  readonly videoPaused: boolean;
}

/** Events of a call and the arguments of their listeners. */
export interface CallEvents {
  status: [status: CallStatus];
  /** What this side sends has changed. */
  media: [media: CallMedia];
  /** What the other side sends has changed. */
  peerMedia: [media: CallMedia];
  /** The tracks of localStream or remoteStream have changed. */
  streams: [];
  quality: [quality: CallQuality];
  /** The other side has pressed keys. */
  dtmf: [digits: string];
  /** Something failed that does not end the call: a camera that was not there, a TURN server that was not reached. */
  problem: [error: StoaError];
}

/** A microphone, camera or speaker. */
export interface CallDevice {
  readonly id: string;
  readonly kind: 'microphone' | 'camera' | 'speaker';
  /** Empty until the user has allowed the use of one. */
  readonly label: string;
}
