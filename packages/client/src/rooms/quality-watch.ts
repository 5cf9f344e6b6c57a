import type { RoomNotice } from '@stoa/protocol';
import type { Emitter } from '../emitter.ts';
import type { RoomEvents, RoomQuality, RoomQualityReason } from './room-types.ts';

type Direction = 'publish' | 'view';

/** How good a way is, and why it is not better. */
export interface WayQuality {
  readonly quality: RoomQuality;
  readonly reason: RoomQualityReason;
}

export const goodWay: WayQuality = { quality: 'good', reason: 'none' };
const noWay: WayQuality = { quality: 'poor', reason: 'connection' };
const ranks: Readonly<Record<RoomQuality, number>> = { good: 0, fair: 1, poor: 2 };

interface Way {
  isUp: boolean;
  /** As the server has measured it. */
  told: WayQuality;
  /** As the own encoders say. */
  own: WayQuality;
  /** What listeners know. */
  is: WayQuality;
}

/** How good the two ways of a room are, by all who know something of it: the worst that one of them says. */
export class QualityWatch {
  readonly #ways: Readonly<Record<Direction, Way>> = { publish: newWay(), view: newWay() };
  readonly #emitter: Pick<Emitter<RoomEvents>, 'emit'>;

  constructor(emitter: Pick<Emitter<RoomEvents>, 'emit'>) {
    this.#emitter = emitter;
  }

  /** What is known now; a way that was never opened is good. */
  get ways(): Readonly<Record<Direction, WayQuality>> {
    return { publish: this.#ways.publish.is, view: this.#ways.view.is };
  }

  told({ direction, quality, reason = 'none' }: Extract<RoomNotice, { type: 'quality' }>): void {
    this.#change(direction, { told: { quality, reason } });
  }

  /** Whether media flows on a way. What the server has said of it holds until it says something else. */
  up(direction: Direction, isUp: boolean): void {
    this.#emitter.emit('media', direction, isUp);
    this.#change(direction, isUp ? { isUp } : { isUp, own: goodWay });
  }

  /** What measured at the server has begun anew, and says nothing as long as all is good. */
  forget(): void {
    for (const direction of ['publish', 'view'] as const) this.#change(direction, { told: goodWay });
  }

  encoders(own: WayQuality): void {
    this.#change('publish', { own });
  }

  #change(direction: Direction, change: Partial<Way>): void {
    const way = this.#ways[direction];
    Object.assign(way, change);
    const is = !way.isUp ? noWay : ranks[way.own.quality] > ranks[way.told.quality] ? way.own : way.told;
    if (is.quality === way.is.quality && is.reason === way.is.reason) return;
    way.is = is;
    this.#emitter.emit('quality', direction, is.quality, is.reason);
  }
}

function newWay(): Way {
  return { isUp: true, told: goodWay, own: goodWay, is: goodWay };
}
