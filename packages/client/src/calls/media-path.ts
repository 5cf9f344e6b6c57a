import type { CallFailure, CallRequest, StoaError } from '@stoa/protocol';

/** What of a call's signalling belongs to the media. */
export type MediaSignal = Extract<CallRequest, { type: 'description' | 'candidates' }>;

/**
 * The way that the media of one call takes. PeerPath is the direct one, or through a TURN server; one through a media
 * server of one's own can stand in for it (see CallOptions.relay).
 */
export interface MediaPath {
  /** Number of the connection within the call; what belongs to an older one is dropped. */
  readonly epoch: number;
  /** Makes the first offer. */
  offer(): Promise<string>;
  /** Takes the offer that came with an invitation, and answers it. */
  answer(offer: string): Promise<string>;
  /** The other side said something. */
  signal(signal: MediaSignal): void;
  /** Says again what may have got lost. */
  repeat(): void;
  /** The network has changed: finds another way for the same media. */
  restart(): void;
  /** What is sent from now on. */
  send(kind: 'audio' | 'video', track: MediaStreamTrack | null): void;
  stats(): Promise<RTCStatsReport>;
  close(): void;
}

export interface MediaPathEvents {
  /** To be said to the other side. */
  readonly onSignal: (signal: MediaSignal) => void;
  /** Media flows, or does not any more. */
  readonly onState: (state: 'up' | 'down') => void;
  /** No connection came about, and none will. */
  readonly onFailed: (reason: CallFailure) => void;
  readonly onTrack: (track: MediaStreamTrack) => void;
  readonly onProblem: (error: StoaError) => void;
}
