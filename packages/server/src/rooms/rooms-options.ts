/** What rooms need of the rest of a node. */
import type { Bus } from '@stoa/bus';
import type { MediaEngine } from '@stoa/media';
import type { Clock } from '../clock.ts';
import type { Directory } from '../directory/index.ts';
import type { Recordings } from '../recordings/index.ts';
import type { PlayerWish, Rights, RoomRules, Silent, UserLimits } from './room-state.ts';

/** Which of several nodes a room belongs to. */
export interface RoomOwnership {
  /** Makes a room this node's; rejects while it is another's. */
  take(gid: number): Promise<{ readonly startedAt: number; readonly goesOn: boolean }>;
  /** The room has ended. */
  giveBack(gid: number): void;
}

/** The device that asks. */
export interface RoomDevice {
  readonly aid: number;
  readonly uid: number;
  readonly address: string;
  readonly dev: number;
  readonly tokenId: number;
  /** An encoder or a player, see Whip and Whep. */
  readonly as?: Silent;
  readonly plays?: PlayerWish;
}

/** A group as far as its room is concerned. */
export interface RoomGroup {
  readonly conv: number;
  readonly name: string;
  readonly rules: RoomRules;
}

export interface RoomsOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly directory: Pick<Directory, 'byUid'>;
  /** Called when the first room begins. */
  readonly openEngine: () => Promise<MediaEngine>;
  /** @throws StoaError NOT_FOUND for a group that is not, or not any more */
  readonly groupOf: (aid: number, gid: number) => Promise<RoomGroup>;
  /** What these users may do in the room of a group, as it is now. */
  readonly rightsOf: (
    aid: number,
    gid: number,
    uids: readonly number[],
  ) => Promise<ReadonlyMap<number, Rights>>;
  readonly limitsOf?: (
    aid: number,
    gid: number,
    uids: readonly number[],
  ) => Promise<ReadonlyMap<number, UserLimits>>;
  /** Makes a user a member, where he may become one; false when he has to be let in first. */
  readonly enter: (device: RoomDevice, gid: number, pin: number | undefined) => Promise<boolean>;
  /** The user waits no longer to be let in. */
  readonly withdraw: (device: RoomDevice, gid: number) => Promise<void>;
  /** These users need not be let in. */
  readonly admit: (aid: number, gid: number, uids: readonly number[]) => Promise<void>;
  readonly recordings: Pick<Recordings, 'begin'>;
  /** Milliseconds that a user has to wait, who asks for too much at once. */
  readonly delay: (uid: number) => number;
  /** Undefined for a node that is alone. */
  readonly ownership: RoomOwnership | undefined;
  readonly onError: (error: unknown) => void;
}
