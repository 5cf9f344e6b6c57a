import { RoomElsewhere, type RoomOwner } from './room-leases.ts';

export interface RemoteDevice {
  readonly uid: number;
  readonly dev: number;
}

/** A room of another node, in which devices are that are connected to this one. */
export interface RemoteRoom {
  readonly owner: RoomOwner;
  readonly session: string;
  readonly devices: ReadonlyMap<number, RemoteDevice>;
  /** Aborted when the room is not there any more. */
  readonly signal: AbortSignal;
}

interface Entry extends RemoteRoom {
  readonly devices: Map<number, RemoteDevice>;
  readonly abort: AbortController;
}

/** The rooms of other nodes that this node's devices are in. */
export class RoomsElsewhere {
  readonly #rooms = new Map<number, Entry>();

  get owners(): RoomOwner[] {
    return [...this.#rooms.values()].map(({ owner }) => owner);
  }

  get(gid: number): RemoteRoom | undefined {
    return this.#rooms.get(gid);
  }

  /** Number of rooms that a device is in. */
  countOf(dev: number): number {
    let count = 0;
    for (const { devices } of this.#rooms.values()) if (devices.has(dev)) count += 1;
    return count;
  }

  /** A device has joined the room of this owner, the newest that is known. */
  joined(owner: RoomOwner, session: string, device: RemoteDevice): void {
    const known = this.#rooms.get(owner.gid);
    if (known?.owner.epoch === owner.epoch) {
      known.devices.set(device.dev, device);
      return;
    }
    const abort = new AbortController();
    const devices = new Map([[device.dev, device]]);
    this.#rooms.set(owner.gid, { owner, session, devices, abort, signal: abort.signal });
  }

  /** A device is not in the room any more, or not by this node. */
  left(gid: number, dev: number): void {
    const room = this.#rooms.get(gid);
    if (room?.devices.delete(dev) === true && room.devices.size === 0) this.#rooms.delete(gid);
  }

  /** Where a device is whose connection has ended; it is nowhere afterwards. */
  lost(dev: number): RoomOwner[] {
    const found = [...this.#rooms.values()].filter(({ devices }) => devices.has(dev));
    for (const { owner } of found) this.left(owner.gid, dev);
    return found.map(({ owner }) => owner);
  }

  /** The owner has the room no more: whoever waits for its answer need not. */
  moved({ gid, epoch }: RoomOwner): RemoteRoom | undefined {
    const room = this.#rooms.get(gid);
    if (room === undefined || room.owner.epoch !== epoch) return undefined;
    this.#rooms.delete(gid);
    room.abort.abort(new RoomElsewhere());
    return room;
  }
}
