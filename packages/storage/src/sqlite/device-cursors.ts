import type { DatabaseSync, StatementSync } from 'node:sqlite';

interface DeviceCursor {
  readonly dev: number;
  readonly uid: number;
  readonly conv: number;
  received: number;
}

/**
 * How far devices have received, gathered during a batch and written once. Nothing is kept between batches: devices
 * are reset and removed by other statements.
 */
export class DeviceCursors {
  readonly #advanced = new Map<string, DeviceCursor>();
  readonly #upsert: StatementSync;

  constructor(database: DatabaseSync) {
    // Selected from devices, so that nothing is written for a device that was removed or is somebody else's.
    this.#upsert = database.prepare(`
      insert into device_cursors (dev, conv, received)
      select dev, ?, ? from devices where dev = ? and uid = ?
      on conflict (dev, conv) do update set received = excluded.received
      where excluded.received > received`);
  }

  advance(dev: number, uid: number, conv: number, received: number): void {
    const key = `${dev}:${uid}:${conv}`;
    const cursor = this.#advanced.get(key);
    if (cursor === undefined) this.#advanced.set(key, { dev, uid, conv, received });
    else if (received > cursor.received) cursor.received = received;
  }

  flush(): void {
    for (const { dev, uid, conv, received } of this.#advanced.values()) {
      this.#upsert.run(conv, received, dev, uid);
    }
    this.#advanced.clear();
  }

  forget(): void {
    this.#advanced.clear();
  }
}
