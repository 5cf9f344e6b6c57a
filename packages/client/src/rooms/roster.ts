import type { RoomInfo, RoomParticipant } from '@stoa/protocol';

export interface RosterChange {
  readonly put: readonly RoomParticipant[];
  readonly left: readonly RoomParticipant[];
}

export function deviceKey({ user, dev }: { readonly user: string; readonly dev: number }): string {
  return `${dev} ${user}`;
}

/** Who is in the room, as far as the device was told. */
export class Roster {
  readonly #people = new Map<string, RoomParticipant>();
  /** The newest that was told. */
  rev = 0;
  /** Whether nothing before it is missing: what is told counts one up each time. */
  isWhole = true;

  get all(): RoomParticipant[] {
    return [...this.#people.values()];
  }

  get size(): number {
    return this.#people.size;
  }

  /** How many of them publish something. */
  get publishing(): number {
    return this.all.filter(({ streams }) => streams.length > 0).length;
  }

  get(device: { readonly user: string; readonly dev: number }): RoomParticipant | undefined {
    return this.#people.get(deviceKey(device));
  }

  /** How all is now. What is older was told before, and counts no more. */
  reset({ rev, participants }: Pick<RoomInfo, 'rev' | 'participants'>): RosterChange {
    const before = new Map(this.#people);
    this.rev = rev;
    this.isWhole = true;
    this.#people.clear();
    for (const each of participants) this.#people.set(deviceKey(each), each);
    const put = participants.filter((each) => !isSame(before.get(deviceKey(each)), each));
    return { put, left: [...before].filter(([key]) => !this.#people.has(key)).map(([, each]) => each) };
  }

  put(rev: number, participant: RoomParticipant): RosterChange {
    if (!this.#isNews(rev)) return nothing;
    this.#people.set(deviceKey(participant), participant);
    return { put: [participant], left: [] };
  }

  remove(rev: number, device: { readonly user: string; readonly dev: number }): RosterChange {
    if (!this.#isNews(rev)) return nothing;
    const gone = this.get(device);
    this.#people.delete(deviceKey(device));
    return { put: [], left: gone === undefined ? [] : [gone] };
  }

  #isNews(rev: number): boolean {
    if (rev <= this.rev) return false;
    this.isWhole &&= rev === this.rev + 1;
    this.rev = rev;
    return true;
  }
}

const nothing: RosterChange = { put: [], left: [] };

function isSame(a: RoomParticipant | undefined, b: RoomParticipant): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
