import { memberFlags, StoaError } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import type { Events } from '../events.ts';
import type { Room } from './room.ts';
import { TryingAgain } from './trying-again.ts';

export type WaitingStatus =
  | { readonly phase: 'waiting' }
  | { readonly phase: 'admitted'; readonly room: Room }
  /** `locked`: nobody new gets in at the moment; `failed`: the room could not be joined after admission. */
  | { readonly phase: 'over'; readonly reason: 'denied' | 'left' | 'locked' | 'failed' };

export interface WaitingOptions {
  readonly gid: number;
  readonly events: Pick<Events, 'on'>;
  readonly clock: Clock;
  /** Joins the room; undefined while the user has to wait. */
  readonly join: () => Promise<Room | undefined>;
  readonly withdraw: () => Promise<unknown>;
  readonly onListenerError: (event: string, error: unknown) => void;
}

/**
 * The user waits in front of a room. He is in the room as soon as somebody lets him in, without doing anything himself.
 *
 * @example
 * const room = await client.rooms.join(gid);
 * client.rooms.waiting(gid)?.on('status', (status) => {
 *   if (status.phase === 'admitted') show(status.room);
 * });
 */
export class Waiting {
  readonly gid: number;
  readonly #options: WaitingOptions;
  readonly #emitter: Emitter<{ status: [status: WaitingStatus] }>;
  readonly #off: readonly (() => void)[];
  #status: WaitingStatus = { phase: 'waiting' };
  readonly #again: TryingAgain;
  #joining = false;
  /** What was heard while it was being asked, which the answer may not know of. */
  #isOutdated = false;

  constructor(options: WaitingOptions) {
    const { gid, events } = options;
    this.gid = gid;
    this.#options = options;
    this.#emitter = new Emitter(options.onListenerError);
    this.#again = new TryingAgain(options.clock, () => this.#join());
    this.#off = [
      events.on('group', (change) => {
        if (change.gid !== gid) return;
        if (change.event === 'denied' || change.event === 'left')
          this.#enter({ phase: 'over', reason: 'denied' });
        const isAdmitted = ((change.group?.permissions ?? 0) & memberFlags.admitted) !== 0;
        if (change.event === 'joined' || (change.event === 'changed' && isAdmitted)) this.#join();
      }),
      // What has happened meanwhile was not told.
      events.on('status', ({ state }) => {
        if (state === 'online') this.#join();
      }),
    ];
  }

  get status(): WaitingStatus {
    return this.#status;
  }

  /** Calls `listener` when the waiting has ended, until the returned function is called. */
  on(event: 'status', listener: (status: WaitingStatus) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** The user waits no longer. */
  async leave(): Promise<void> {
    if (this.#status.phase !== 'waiting') return;
    this.#enter({ phase: 'over', reason: 'left' });
    await this.#options.withdraw();
  }

  #join(): void {
    this.#isOutdated = this.#joining;
    if (this.#status.phase !== 'waiting' || this.#joining) return;
    this.#joining = true;
    this.#options
      .join()
      .then(
        (room) => {
          if (room === undefined) return;
          // He has turned away while the server let him in.
          if (this.#status.phase !== 'waiting') void room.leave();
          else this.#enter({ phase: 'admitted', room });
        },
        (error: unknown) => {
          if (error instanceof StoaError && error.retryable) return this.#again.failed(error);
          const isLocked = (error as { code?: unknown }).code === 'ROOM_LOCKED';
          this.#enter({ phase: 'over', reason: isLocked ? 'locked' : 'failed' });
        },
      )
      .finally(() => {
        this.#joining = false;
        if (this.#isOutdated) this.#join();
      });
  }

  #enter(status: WaitingStatus): void {
    if (this.#status.phase !== 'waiting') return;
    this.#status = status;
    this.#again.stop();
    for (const off of this.#off) off();
    this.#emitter.emit('status', status);
  }
}
