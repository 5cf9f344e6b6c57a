/** Which node a room belongs to. */

export interface RoomLease {
  readonly gid: number;
  /** Null when the room was given back. */
  readonly node: string | null;
  /** Another one for each time that the room was taken, ever higher: what an earlier owner says is outdated. */
  readonly epoch: number;
  /** Until when it is the node's alone. */
  readonly until: number;
  /** When the room began, whichever node it was with. */
  readonly startedAt: number;
}

export interface RoomClaim {
  readonly gid: number;
  readonly node: string;
  readonly now: number;
  readonly until: number;
  /** A room whose lease ended after this goes on: it keeps its beginning. */
  readonly goesOnAfter: number;
}

export interface RoomLeaseStore {
  /** Takes the room for the node, unless another one has it at `now`; the lease as it is afterwards. */
  claim(claim: RoomClaim): Promise<RoomLease>;
  /** Prolongs all leases that the node has, also those that have run out and were not taken; answers which they are. */
  renew(node: string, until: number): Promise<Pick<RoomLease, 'gid' | 'epoch'>[]>;
  /** Gives the room back, if this is still its epoch. */
  release(lease: Pick<RoomLease, 'gid' | 'epoch'>): Promise<void>;
  /** All that a node has, also those that have run out. */
  heldBy(node: string): Promise<RoomLease[]>;
  /** Undefined for a room that was never there. */
  find(gid: number): Promise<RoomLease | undefined>;
}
