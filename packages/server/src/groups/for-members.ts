import type { GroupEvent, UserEvent } from '../events.ts';
import type { GroupSession } from './group-feed.ts';
import { withheld } from './withheld.ts';

/** Something that goes to many members, made once for all of them. */
export interface ForMembers {
  /** `mayReach`: whether the member takes what its sender says. */
  to(sessions: ReadonlySet<GroupSession>, mayReach: boolean): void;
}

/** A message of the log. Who does not take it from its sender is given its place without what it says. */
export class Offer implements ForMembers {
  readonly #conv: number;
  readonly #seq: number;
  readonly #bytes: Uint8Array;
  #empty: Uint8Array | undefined;

  constructor(conv: number, { seq, bytes }: Extract<GroupEvent, { type: 'group-message' }>) {
    this.#conv = conv;
    this.#seq = seq;
    this.#bytes = bytes;
  }

  to(sessions: ReadonlySet<GroupSession>, mayReach: boolean): void {
    if (!mayReach) this.#empty ??= withheld(this.#bytes);
    const bytes = mayReach ? this.#bytes : (this.#empty ?? this.#bytes);
    for (const session of sessions) session.delivery.offer(this.#conv, this.#seq, bytes);
  }
}

/** What is true for the moment: not for those who do not take it. */
export class Passing implements ForMembers {
  readonly #event: UserEvent;

  constructor(event: UserEvent) {
    this.#event = event;
  }

  to(sessions: ReadonlySet<GroupSession>, mayReach: boolean): void {
    if (mayReach) for (const session of sessions) session.event(this.#event);
  }
}
