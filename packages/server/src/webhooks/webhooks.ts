import type { Bus } from '@stoa/bus';
import { StoaError } from '@stoa/protocol';
import type { Webhook, WebhookAttempt, WebhookStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { subjects, type WebhooksChanged } from '../events.ts';
import { generateToken } from '../secret-token.ts';
import type { WebhookForm, WebhookKind } from './kinds.ts';
import { checkTarget } from './target.ts';

export interface WebhooksOptions {
  readonly store: WebhookStore;
  readonly bus: Bus;
  readonly clock: Clock;
  /** Whether they may be in a private network or on this machine, and be reached without TLS. */
  readonly privateAddresses: boolean;
  readonly onError: (error: unknown) => void;
  /** The webhooks are others than before. */
  readonly onChanged?: () => void;
}

/** What an app wants to be told, and where. */
export interface WantedWebhook {
  readonly url: string;
  readonly events: readonly WebhookKind[];
  readonly form?: WebhookForm;
  /** When absent, the one that it has is kept, and a new webhook gets a random one. */
  readonly secret?: string;
}

/** The webhooks of all apps, in memory: whatever happens on a node asks whether somebody wants to be told of it. */
export class Webhooks {
  readonly #options: WebhooksOptions;
  #all: readonly Webhook[] = [];
  #byKind = new Map<string, Webhook[]>();
  #reading: Promise<void> = Promise.resolve();

  constructor(options: WebhooksOptions) {
    this.#options = options;
  }

  /** Reads them, and follows changes on other nodes. */
  async open(): Promise<void> {
    const { bus, onError } = this.#options;
    const reload = (): void => {
      this.reload().catch(onError);
    };
    await bus.subscribe(subjects.webhooks, reload, reload);
    await this.reload();
  }

  /** Also called now and then: the event of a change may be lost without a trace. */
  reload(): Promise<void> {
    const read = async (): Promise<void> => {
      const all = await this.#options.store.all();
      const byKind = new Map<string, Webhook[]>();
      for (const webhook of all) {
        for (const kind of webhook.events) {
          const key = kindKey(webhook.aid, kind);
          byKind.set(key, [...(byKind.get(key) ?? []), webhook]);
        }
      }
      const isChanged = JSON.stringify(all) !== JSON.stringify(this.#all);
      this.#all = all;
      this.#byKind = byKind;
      if (isChanged) this.#options.onChanged?.();
    };
    // One after the other: what was read later counts.
    this.#reading = this.#reading.then(read, read);
    return this.#reading;
  }

  /** Whether there is one at all. */
  get any(): boolean {
    return this.#all.length > 0;
  }

  wants(aid: number, kind: WebhookKind): boolean {
    return this.#byKind.size > 0 && this.#byKind.has(kindKey(aid, kind));
  }

  /** Those that get such events of the app. */
  of(aid: number, kind: WebhookKind): readonly Webhook[] {
    return this.#byKind.get(kindKey(aid, kind)) ?? [];
  }

  byId(id: number): Webhook | undefined {
    return this.#all.find((webhook) => webhook.id === id);
  }

  /** Of the app, in the order of their making. */
  list(aid: number): Webhook[] {
    return this.#all.filter((webhook) => webhook.aid === aid);
  }

  /** @throws StoaError NOT_FOUND */
  get(aid: number, name: string): Webhook {
    const found = this.#all.find((webhook) => webhook.aid === aid && webhook.name === name);
    if (found === undefined) throw new StoaError('NOT_FOUND', `There is no webhook "${name}".`);
    return found;
  }

  /**
   * Makes or changes the webhook of this name.
   *
   * @throws StoaError BAD_REQUEST for a URL that is not allowed, TOO_MANY
   */
  async put(
    aid: number,
    name: string,
    wanted: WantedWebhook,
  ): Promise<{ webhook: Webhook; created: boolean }> {
    const { store, clock, privateAddresses } = this.#options;
    const url = checkTarget(wanted.url, privateAddresses).href;
    const known = this.#all.find((webhook) => webhook.aid === aid && webhook.name === name);
    const secret = wanted.secret ?? known?.secret ?? `whsec_${generateToken()}`;
    const form = wanted.form ?? known?.form ?? 'v2';
    const events = [...new Set(wanted.events)];
    const webhook = await store.put(
      { aid, name, url, secret, events, form, createdAt: clock.now() },
      webhooksPerApp,
    );
    if (webhook === undefined) {
      throw new StoaError('TOO_MANY', `An app can have ${webhooksPerApp} webhooks at the most.`);
    }
    await this.#changed();
    return { webhook, created: known === undefined };
  }

  /** @throws StoaError NOT_FOUND */
  async remove(aid: number, name: string): Promise<void> {
    if (!(await this.#options.store.remove(aid, name))) {
      throw new StoaError('NOT_FOUND', `There is no webhook "${name}".`);
    }
    await this.#changed();
  }

  /** What was sent to the webhook lately, newest first, from before the id `before`. */
  attempts(webhook: Webhook, query: { limit: number; before?: number }): Promise<WebhookAttempt[]> {
    return this.#options.store.attempts({ webhook: webhook.id, ...query });
  }

  /** Events that wait for the webhook, counted up to 1,000. */
  waiting(webhook: Webhook): Promise<number> {
    return this.#options.store.waiting(webhook.id, 1_000);
  }

  async #changed(): Promise<void> {
    await this.reload();
    const changed: WebhooksChanged = { type: 'webhooks-changed' };
    this.#options.bus.publish(subjects.webhooks, changed);
  }
}

const kindKey = (aid: number, kind: string): string => `${aid}/${kind}`;

const webhooksPerApp = 10;
