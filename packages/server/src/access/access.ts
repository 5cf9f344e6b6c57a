import type { Bus } from '@stoa/bus';
import { StoaError } from '@stoa/protocol';
import type { AccessPolicy, AccessStore } from '@stoa/storage';
import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from '../clock.ts';
import { type AccessChanged, subjects } from '../events.ts';
import type { TokenBuckets } from '../limits/index.ts';
import { type Action, allows, type Rate, type RateName, type Rules, readRules } from './rules.ts';

export interface AccessOptions {
  readonly store: AccessStore;
  readonly bus: Bus;
  readonly clock: Clock;
  /** Makes counters of what happens so often. */
  readonly bucketsFor: (rate: Rate) => TokenBuckets;
  /** Rules have changed: what is shown to users because of them must be looked at anew. */
  readonly onChanged?: () => void;
  readonly onError: (error: unknown) => void;
}

/** Whose rules are asked for. */
export interface Subject {
  readonly aid: number;
  readonly uid: number;
}

/** A policy as the app has written it. */
export interface Policy {
  readonly id: number;
  readonly name: string;
  readonly rules: Readonly<Record<string, unknown>>;
  /** Names of rules that have no effect here. */
  readonly ignored: readonly string[];
}

interface Known {
  readonly policy: number | undefined;
  readonly readAt: number;
}

/**
 * What users may do, by the policies of their apps: a user has the one that he was given, else number 0 of the app, if there
 * is one. Policies are in memory, and which one a user has is remembered; both are forgotten on every node when they change.
 */
export class Access {
  readonly #options: AccessOptions;
  /** Of each app that has any. */
  #policies: ReadonlyMap<number, ReadonlyMap<number, { readonly rules: Rules; readonly policy: Policy }>> =
    new Map();
  readonly #assigned = new BoundedMap<number, Known>(100_000);
  readonly #buckets = new BoundedMap<string, TokenBuckets>(1_000);
  #reading: Promise<void> = Promise.resolve();
  /** Reads under way: until they are done, nobody is judged by what was. */
  #reads = 0;
  /** Counts changes of what users were given. */
  #forgotten = 0;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** Reads the policies, and follows changes on other nodes. */
  async open(): Promise<void> {
    const { bus, onError } = this.#options;
    await bus.subscribe(
      subjects.access,
      (event) => this.#changed((event as AccessChanged).uid).catch(onError),
      () => this.#changed(null).catch(onError),
    );
    await this.reload();
  }

  /** Also called now and then: the event of a change may be lost without a trace. */
  reload(): Promise<void> {
    this.#reads += 1;
    const read = async (): Promise<void> => {
      const policies = new Map<number, Map<number, { rules: Rules; policy: Policy }>>();
      for (const stored of await this.#options.store.all()) {
        const ofApp = policies.get(stored.aid) ?? new Map();
        ofApp.set(stored.id, parsed(stored));
        policies.set(stored.aid, ofApp);
      }
      this.#policies = policies;
    };
    // One after the other: what was read later counts.
    this.#reading = this.#reading.then(read, read).finally(() => {
      this.#reads -= 1;
    });
    return this.#reading;
  }

  /** Whether any app has rules. */
  get any(): boolean {
    return this.#policies.size > 0 || this.#reads > 0;
  }

  /** False when it is certain that all users of the app may do everything: then nothing is asked. */
  restricts(aid: number): boolean {
    return (this.#policies.size > 0 && this.#policies.has(aid)) || this.#reads > 0;
  }

  /** Whether the user may do this. Answers at once when it is known. */
  may(subject: Subject, action: Action): boolean | Promise<boolean> {
    if (!this.restricts(subject.aid)) return true;
    const rules = this.#rulesOf(subject);
    if (rules instanceof Promise) return rules.then((found) => found === undefined || allows(found, action));
    return rules === undefined || allows(rules, action);
  }

  /** @throws StoaError PERMISSION_DENIED */
  async require(subject: Subject, action: Action): Promise<void> {
    if (!(await this.may(subject, action))) {
      throw new StoaError('PERMISSION_DENIED', 'The app does not let this user do this.');
    }
  }

  /**
   * Counts what the user does.
   *
   * @throws StoaError RATE_LIMITED, and then nothing is counted
   */
  async count(subject: Subject, name: RateName): Promise<void> {
    const rates = (await this.rules(subject))?.rates[name] ?? [];
    const buckets = rates.map((rate) => this.#bucketsOf(name, rate));
    const wait = Math.max(0, ...buckets.map((bucket) => bucket.delay(subject.uid)));
    if (wait > 0) throw new StoaError('RATE_LIMITED', undefined, { retryAfterMs: wait });
    for (const bucket of buckets) bucket.take(subject.uid);
  }

  /** The rules for the user; undefined when there are none. */
  async rules(subject: Subject): Promise<Rules | undefined> {
    return this.restricts(subject.aid) ? this.#rulesOf(subject) : undefined;
  }

  /** The policies of an app, in the order of their numbers. */
  list(aid: number): Policy[] {
    return [...(this.#policies.get(aid)?.values() ?? [])].map(({ policy }) => policy);
  }

  /** @throws StoaError NOT_FOUND */
  get(aid: number, id: number): Policy {
    const found = this.#policies.get(aid)?.get(id);
    if (found === undefined) throw new StoaError('NOT_FOUND', `There is no policy ${id}.`);
    return found.policy;
  }

  /**
   * Makes or changes a policy; it counts at once.
   *
   * @throws StoaError BAD_REQUEST for rules that make no sense, TOO_MANY
   */
  async put(
    aid: number,
    id: number,
    { name, rules }: { readonly name: string; readonly rules: Readonly<Record<string, unknown>> },
  ): Promise<{ policy: Policy; created: boolean }> {
    const read = readRules(rules);
    if ('problem' in read) throw new StoaError('BAD_REQUEST', read.problem);
    const created = this.#policies.get(aid)?.has(id) !== true;
    const policy = { aid, id, name, rules: JSON.stringify(rules) };
    if (!(await this.#options.store.put(policy, policiesPerApp))) {
      throw new StoaError('TOO_MANY', `An app can have ${policiesPerApp} policies at the most.`);
    }
    await this.#announce(null);
    return { policy: { id, name, rules, ignored: read.ignored }, created };
  }

  /** @throws StoaError NOT_FOUND */
  async remove(aid: number, id: number): Promise<void> {
    if (!(await this.#options.store.remove(aid, id))) {
      throw new StoaError('NOT_FOUND', `There is no policy ${id}.`);
    }
    await this.#announce(null);
  }

  /**
   * Gives the user a policy; null takes it away. It counts at once.
   *
   * @throws StoaError NOT_FOUND when the app has no such policy
   */
  async assign({ aid, uid }: Subject, id: number | null): Promise<void> {
    if (!(await this.#options.store.assign(uid, aid, id))) {
      throw new StoaError('NOT_FOUND', `There is no policy ${id}.`);
    }
    await this.#announce(uid);
  }

  /** The policy that the user was given; null when none. */
  async assigned({ uid }: Subject): Promise<number | null> {
    return (await this.#options.store.assigned(uid)) ?? null;
  }

  #rulesOf(subject: Subject): Rules | undefined | Promise<Rules | undefined> {
    if (this.#reads > 0) return Promise.allSettled([this.#reading]).then(() => this.#rulesOf(subject));
    const { aid, uid } = subject;
    const { clock, bus } = this.#options;
    const known = this.#assigned.get(uid);
    if (known !== undefined && bus.connected && clock.now() - known.readAt < trustMs) {
      return this.#resolve(aid, known.policy);
    }
    return this.#read(uid).then((policy) => this.#resolve(aid, policy));
  }

  #resolve(aid: number, policy: number | undefined): Rules | undefined {
    const policies = this.#policies.get(aid);
    return (policies?.get(policy ?? defaultPolicy) ?? policies?.get(defaultPolicy))?.rules;
  }

  async #read(uid: number): Promise<number | undefined> {
    const before = this.#forgotten;
    const readAt = this.#options.clock.now();
    const policy = await this.#options.store.assigned(uid);
    // What was read before somebody changed may be out of date already.
    if (before === this.#forgotten) this.#assigned.set(uid, { policy, readAt });
    return policy;
  }

  async #announce(uid: number | null): Promise<void> {
    await this.#changed(uid);
    const changed: AccessChanged = { type: 'access-changed', uid };
    this.#options.bus.publish(subjects.access, changed);
  }

  async #changed(uid: number | null): Promise<void> {
    this.#forgotten += 1;
    if (uid === null) this.#assigned.clear();
    else this.#assigned.delete(uid);
    if (uid === null) await this.reload();
    this.#options.onChanged?.();
  }

  #bucketsOf(name: RateName, rate: Rate): TokenBuckets {
    const key = `${name} ${rate.seconds}:${rate.limit}`;
    const known = this.#buckets.get(key) ?? this.#options.bucketsFor(rate);
    this.#buckets.set(key, known);
    return known;
  }
}

function parsed({ id, name, rules }: AccessPolicy): { rules: Rules; policy: Policy } {
  const written = JSON.parse(rules) as Record<string, unknown>;
  const read = readRules(written);
  // Only what was read well is stored.
  if ('problem' in read) throw new Error(`The policy ${id} cannot be read: ${read.problem}`);
  return { rules: read.rules, policy: { id, name, rules: written, ignored: read.ignored } };
}

/** What users have who were given none. */
const defaultPolicy = 0;
const policiesPerApp = 100;
const trustMs = 60_000;
