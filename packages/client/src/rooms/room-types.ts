import type {
  OperationName,
  OperationRequest,
  OperationResponse,
  RoomAsk,
  RoomEndReason,
  RoomParticipant,
  RoomRight,
  RoomStreamPlace,
  StoaError,
} from '@stoa/protocol';
import type { OwnStream } from './own-stream.ts';
import type { RemoteStream } from './remote-stream.ts';
import type { RecordingInfo } from './room-recording.ts';

export type RoomStatus =
  /** Media can be published and watched. */
  | { readonly phase: 'joined' }
  /** The connection to the server was lost; media may go on meanwhile. */
  | { readonly phase: 'reconnecting' }
  | { readonly phase: 'ended'; readonly reason: RoomEndReason };

export type RoomQuality = 'good' | 'fair' | 'poor';

/**
 * Why a way is not better: packets are lost or take long; the network takes no more pictures, or only smaller ones; this
 * device is too busy to make larger ones; or there is no connection. There may be others in time.
 */
export type RoomQualityReason = 'none' | 'loss' | 'delay' | 'bandwidth' | 'cpu' | 'connection';

/** Events of a room and the arguments of their listeners. */
export interface RoomEvents {
  status: [status: RoomStatus];
  /** Somebody has come, or something about him has changed. */
  participant: [participant: RoomParticipant];
  left: [participant: RoomParticipant, reason: RoomEndReason];
  /** How many devices there are, also those whom the user may not see: told once a second at the most. */
  count: [count: number];
  /** Somebody publishes another stream. The same object as before, when it is the same stream again. */
  stream: [stream: RemoteStream];
  /** What is known of a stream has changed: muted, its name, or its tracks. */
  streamChanged: [stream: RemoteStream];
  streamEnded: [stream: RemoteStream];
  /** An own stream has changed, also by somebody who controls the room. */
  ownStream: [stream: OwnStream];
  ownStreamEnded: [stream: OwnStream];
  /** Who talks, the loudest first, and whose turn it is. Own streams count, too. */
  speakers: [speakers: readonly RoomStreamPlace[], active: RoomStreamPlace | undefined];
  reaction: [participant: RoomParticipant, reaction: string];
  /** Somebody who controls the room asks for something; the application decides. */
  ask: [ask: RoomAsk, by: string];
  rights: [may: ReadonlySet<RoomRight>];
  /** The room is recorded from now on, or no more. */
  recording: [recording: RecordingInfo | undefined];
  /** How good the way is on which this device publishes, or that on which it is sent what it watches, and why it is not better. */
  quality: [direction: 'publish' | 'view', quality: RoomQuality, reason: RoomQualityReason];
  /** Whether media flows on one of the two ways. */
  media: [direction: 'publish' | 'view', isUp: boolean];
  problem: [error: StoaError];
}

/** Which device of whom. */
export interface RoomTarget {
  readonly user: string;
  readonly dev?: number;
  readonly sid?: number;
}

/** Asks the server for something. */
export type RoomAsking = <Name extends OperationName>(
  op: Name,
  body: OperationRequest<Name>,
) => Promise<OperationResponse<Name>>;
