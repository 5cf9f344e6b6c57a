import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Bus } from '@stoa/bus';
import { closeCodes, type HelloFrame, StoaError } from '@stoa/protocol';
import type { Device, DeviceEnd, DeviceStore, User, UserToken } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { publishToUser } from '../events.ts';
import { connectedDevices } from './connected-devices.ts';
import { Sightings } from './sightings.ts';

export interface DevicesOptions {
  readonly store: DeviceStore;
  readonly bus: Bus;
  readonly clock: Clock;
  /** Devices that a user of the app may have; 0 for any number. */
  readonly limitOf: (aid: number) => Promise<number>;
  /** A token was revoked: nodes must end the sessions that were signed in with it. */
  readonly onTokenRevoked: (uid: number, tokenId: number) => void;
}

/** One sign-in of a device; its session is outdated as soon as there is a later one. */
export interface SignedInDevice {
  readonly dev: number;
  readonly signIns: number;
  readonly run: string | null;
  /** When it first signed in. */
  readonly createdAt: number;
}

/** A device of a user, for lists. */
export interface ListedDevice {
  readonly dev: number;
  readonly agent: string;
  readonly createdAt: number;
  readonly lastSeen: number;
  readonly online: boolean;
}

/** The devices of all users: how many there may be, and which may connect. */
export class Devices {
  readonly #options: DevicesOptions;
  readonly #sightings: Sightings;

  constructor(options: DevicesOptions) {
    this.#options = options;
    this.#sightings = new Sightings(options.store);
  }

  /**
   * Signs the device in and ends what must give way to it: devices beyond the limit, and earlier connections of the
   * same device.
   *
   * @throws StoaError DISPLACED or SIGNED_OUT
   */
  async signIn(user: User, token: UserToken, hello: HelloFrame): Promise<SignedInDevice> {
    const { store, bus, clock, limitOf } = this.#options;
    const { uid } = user;
    const limit = await limitOf(user.aid);
    const device = await store.open({
      uid,
      id: hello.device,
      agent: hello.agent ?? '',
      position: hello.position,
      tokenId: token.id,
      run: hello.run,
      limit,
      online: await this.#connectedOthers(uid, hello.device, limit),
      now: clock.now(),
    });
    if (!device.admitted && device.ended !== null) throw endError(device.ended, limit);
    const { dev, signIns, run, createdAt } = device;
    publishToUser(bus, uid, { type: 'device-signed-in', dev, signIns, run });
    for (const displaced of device.displaced) this.#announceEnd(displaced, 'displaced');
    if (device.displaced.length > 0) await store.forgetEnded(uid, endedRemembered);
    return { dev, signIns, run, createdAt };
  }

  /**
   * To be asked once the session hears events: it may have been too late for one.
   *
   * @throws StoaError DISPLACED or SIGNED_OUT; UNAVAILABLE when its own client has connected again meanwhile
   */
  async confirm(uid: number, { dev, signIns, run }: SignedInDevice): Promise<void> {
    const device = await this.#options.store.find(uid, dev);
    if (device === undefined) throw endError('signedOut');
    if (device.ended !== null) throw endError(device.ended);
    if (device.signIns === signIns) return;
    if (run !== null && run === device.run) throw new StoaError('UNAVAILABLE', closeCodes.replaced.reason);
    throw endError('displaced');
  }

  /** A session of the device has ended. */
  left(dev: number): void {
    this.#sightings.left(dev, this.#options.clock.now());
  }

  /** Writes down what is to be remembered of devices that left; about once a second, and at the end. */
  flush(): Promise<void> {
    return this.#sightings.flush();
  }

  /** The one seen last first. */
  async list(uid: number): Promise<ListedDevice[]> {
    const { store, bus } = this.#options;
    const [devices, connected] = await Promise.all([store.list(uid), connectedDevices(bus, uid)]);
    return devices
      .map(({ dev, agent, createdAt, lastSeen }) => ({
        dev,
        agent,
        createdAt,
        lastSeen,
        online: connected.has(dev),
      }))
      .sort((a, b) => Number(b.online) - Number(a.online) || b.lastSeen - a.lastSeen || b.dev - a.dev);
  }

  /**
   * Ends the sessions of the device, which has to sign in with another token. Resolves just before they end, so that a
   * device that asks for itself gets an answer.
   *
   * @throws StoaError NOT_FOUND
   */
  async signOut(uid: number, dev: number): Promise<void> {
    const ended = await this.#options.store.signOut(uid, dev);
    if (ended === undefined) throw new StoaError('NOT_FOUND', `The user has no device ${dev}.`);
    nextTurn().then(() => {
      this.#announceEnd(ended.device, 'signedOut');
      // After the device itself, which is told what happened.
      if (ended.revokedToken !== null) this.#options.onTokenRevoked(uid, ended.revokedToken);
    });
  }

  /** Signs all devices of the user out; resolves to their number. */
  async signOutAll(uid: number): Promise<number> {
    const devices = await this.#options.store.list(uid);
    for (const { dev } of devices) await this.signOut(uid, dev);
    return devices.length;
  }

  #announceEnd({ uid, dev, signIns }: Device, end: DeviceEnd): void {
    publishToUser(this.#options.bus, uid, { type: 'device-ended', dev, signIns, end });
  }

  /** Asks only when it matters: when one of several has to go. */
  async #connectedOthers(uid: number, id: string, limit: number): Promise<number[]> {
    if (limit < 2) return [];
    const { store, bus } = this.#options;
    const devices = await store.list(uid);
    if (devices.length < limit || devices.some((device) => device.id === id)) return [];
    return [...(await connectedDevices(bus, uid))];
  }
}

/** What a device is told that may not connect, or no longer. */
export function endError(end: DeviceEnd, limit?: number): StoaError {
  if (end === 'signedOut') return new StoaError('SIGNED_OUT');
  if (limit === undefined || limit === 0) return new StoaError('DISPLACED');
  const devices = limit === 1 ? 'one device' : `${limit} devices`;
  return new StoaError('DISPLACED', `The user signed in elsewhere, and may have ${devices} at the most.`);
}

/** Devices of one user that are out and still remembered, so that they go on where they were when they come back. */
const endedRemembered = 32;
