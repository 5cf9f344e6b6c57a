import type { CallFailure, CallNotice, CallRequest, StoaError } from '@stoa/protocol';
import type { StatisticsEntry } from './quality.ts';

/** What of a call's signalling belongs to the connection between the two. */
export type PeerSignal = Extract<CallRequest, { type: 'description' | 'candidates' }>;
/** What is said to the media server, and what it answers. */
export type RelayOffer = Extract<CallRequest, { type: 'relayOffer' }>;
export type RelayNotice = Extract<CallNotice, { type: 'relayAnswer' | 'relayLayers' }>;

/**
 * The way that the media of one call takes: PeerPath is the direct one, or through a TURN server; RelayPath the one
 * through the media server, when there is no other.
 */
export interface MediaPath {
  /** Says again what may have got lost. */
  repeat(): void;
  /** The network has changed: finds another way for the same media. */
  restart(): void;
  /** What is sent from now on. */
  send(kind: 'audio' | 'video', track: MediaStreamTrack | null): void;
  stats(): Promise<ReadonlyMap<string, StatisticsEntry>>;
  close(): void;
}

export interface MediaPathEvents {
  /** Media flows, or does not any more. */
  readonly onState: (state: 'up' | 'down') => void;
  readonly onTrack: (track: MediaStreamTrack) => void;
  readonly onProblem: (error: StoaError) => void;
}

export interface PeerPathEvents extends MediaPathEvents {
  /** To be said to the other side. */
  readonly onSignal: (signal: PeerSignal) => void;
  /** The two do not reach each other so far; with a failure they will not. */
  readonly onUnreachable: (failure?: CallFailure) => void;
}
