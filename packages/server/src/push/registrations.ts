import { type OperationRequest, StoaError } from '@stoa/protocol';
import type { PushRegistration, PushStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { checkEndpoint } from './endpoint.ts';
import { isReceiverKeys } from './receiver-keys.ts';

/** What a device says that wants to be woken. */
export type WantedPush = OperationRequest<'push.register'>;

export interface RegistrationsOptions {
  readonly store: PushStore;
  readonly clock: Clock;
  /** Whether push services may be in the private network, and without TLS. */
  readonly privateAddresses: boolean;
}

/** Where the devices of all users are woken. */
export class Registrations {
  readonly #options: RegistrationsOptions;

  constructor(options: RegistrationsOptions) {
    this.#options = options;
  }

  /**
   * Registers the device, instead of what it had registered before.
   *
   * @throws StoaError BAD_FRAME for what cannot be used, SIGNED_OUT for a device that is gone
   */
  async register(
    { uid, dev }: { readonly uid: number; readonly dev: number },
    wanted: WantedPush,
  ): Promise<void> {
    const { store, clock } = this.#options;
    const place = this.#placeOf(wanted);
    if (!(await store.register({ uid, dev, ...place, createdAt: clock.now() })))
      throw new StoaError('SIGNED_OUT');
  }

  /** The device is not woken any more. */
  async unregister({ uid, dev }: { readonly uid: number; readonly dev: number }): Promise<void> {
    await this.#options.store.unregister(uid, dev);
  }

  #placeOf({
    subscription,
    provider,
    token,
    voipToken,
  }: WantedPush): Pick<PushRegistration, 'provider' | 'target' | 'keys' | 'voip'> {
    const isNamed = provider !== undefined || token !== undefined || voipToken !== undefined;
    if (subscription !== undefined && !isNamed) {
      const { endpoint, p256dh, auth } = subscription;
      checkEndpoint(endpoint, this.#options.privateAddresses);
      if (!isReceiverKeys({ p256dh, auth })) {
        throw new StoaError('BAD_FRAME', 'The keys p256dh and auth are not those of a push subscription.', {
          hint: 'Pass them as PushSubscription.toJSON() gives them.',
        });
      }
      return { provider: webPush, target: endpoint, keys: { p256dh, auth }, voip: null };
    }
    if (subscription === undefined && provider !== undefined && token !== undefined && provider !== webPush) {
      return { provider, target: token, keys: null, voip: voipToken ?? null };
    }
    throw new StoaError(
      'BAD_FRAME',
      'A device is registered with a subscription, or with provider and token.',
    );
  }
}

/** The provider of subscriptions. */
export const webPush = 'web-push';
