import type { PushRegistration } from '@stoa/storage';
import { Shares } from './shares.ts';

interface LaneBounds {
  /** Notes under way at once. */
  readonly perUser: number;
  readonly perDevice: number;
  /** Notes that are not done with. */
  readonly placesPerUser: number;
}

/** What one kind of notes may take of the sender: a user may have named push services that never answer. */
export class Lane {
  readonly places: Shares;
  readonly #ofUser: Shares;
  readonly #ofDevice: Shares;

  constructor({ perUser, perDevice, placesPerUser }: LaneBounds) {
    this.places = new Shares(placesPerUser);
    this.#ofUser = new Shares(perUser);
    this.#ofDevice = new Shares(perDevice);
  }

  hasSlot({ uid, dev }: PushRegistration): boolean {
    return this.#ofUser.hasRoom(uid) && this.#ofDevice.hasRoom(dev);
  }

  takeSlot({ uid, dev }: PushRegistration): void {
    this.#ofUser.take(uid);
    this.#ofDevice.take(dev);
  }

  giveSlotBack({ uid, dev }: PushRegistration): void {
    this.#ofUser.giveBack(uid);
    this.#ofDevice.giveBack(dev);
  }
}
