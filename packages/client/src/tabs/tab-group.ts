import type { Clock } from '../clock.ts';
import { Timer } from '../timer.ts';
import { Lock } from './lock.ts';
import { type Leader, nextRole, type Role, type RoleEffect, type RoleEvent } from './role.ts';
import {
  isFromLeader,
  type LeaderMessage,
  type MemberMessage,
  type TabMessage,
  tabsVersion,
} from './tab-messages.ts';
import type { TabChannel, TabPlatform } from './tab-platform.ts';

type Unaddressed<Message> = Message extends unknown ? Omit<Message, 'version' | 'from' | 'term'> : never;

export interface TabGroupListener {
  /** This tab leads from now on. */
  onLead(): void;
  /** Another tab leads from now on: what was begun must be left as it is. */
  onCede(): void;
  /** There is another leader than before. */
  onLeader(): void;
  /** From the leader that this tab follows, to all or to this tab. */
  onLeaderMessage(message: LeaderMessage): void;
  /** From another tab to this one, which leads. */
  onMemberMessage(message: MemberMessage): void;
  /** A tab of a newer version is there. */
  onOutdated(): void;
}

export interface TabGroupOptions {
  /** What the tabs share. */
  readonly name: string;
  /** Id of this tab. */
  readonly tab: string;
  readonly platform: TabPlatform;
  readonly clock: Clock;
  readonly listener: TabGroupListener;
}

/**
 * The tabs that share one store. They find each other on a channel, and a lock of the browser says who leads; when
 * the leader goes, however, the lock goes to the next. What happens when is decided in role.ts.
 */
export class TabGroup {
  readonly #options: TabGroupOptions;
  readonly #lock: Lock;
  readonly #presence: Lock;
  readonly #timer: Timer;
  #role: Role = { name: 'out' };
  #channel: TabChannel | undefined;
  /** Of the latest leader that was heard of. */
  #term = 0;

  constructor(options: TabGroupOptions) {
    this.#options = options;
    const { platform, name, tab, clock } = options;
    this.#lock = new Lock(platform.locks, `stoa:${name}:leader`, {
      onHeld: () => this.#handle({ type: 'granted' }),
      onLost: () => this.#handle({ type: 'lost' }),
    });
    this.#presence = new Lock(platform.locks, presenceLock(name, tab), {
      onHeld: () => this.#handle({ type: 'join' }),
      onLost: () => {},
    });
    this.#timer = new Timer(clock, () => this.#handle({ type: 'deadline' }));
  }

  get leads(): boolean {
    return this.#role.name === 'leading';
  }

  /** The leader that this tab follows. */
  get leader(): Leader | undefined {
    return this.#role.name === 'following' ? this.#role.leader : undefined;
  }

  join(): void {
    if (this.#channel !== undefined) return;
    const { platform, name } = this.#options;
    this.#channel = platform.openChannel(`stoa:${name}:tabs`);
    this.#channel.addEventListener('message', ({ data }) => this.#receive(data as TabMessage));
    // Others see by this lock when the tab is gone: it is held before they hear of it.
    this.#presence.request();
  }

  leave(): void {
    if (this.#channel === undefined) return;
    const { leader } = this;
    if (leader !== undefined) this.toLeader({ type: 'bye', to: leader.tab });
    this.#handle({ type: 'leave' });
    this.#presence.release();
    this.#channel.close();
    this.#channel = undefined;
  }

  /** Takes the lead, whoever has it. */
  take(): void {
    this.#handle({ type: 'take' });
  }

  toLeader(message: Unaddressed<MemberMessage>): void {
    this.#post(message);
  }

  /** Only from who leads. */
  toMembers(message: Unaddressed<LeaderMessage>): void {
    this.#post({ ...message, term: this.#term });
  }

  /** Calls back when the tab is gone, however it went. Returns the function that stops that. */
  whenGone(tab: string, onGone: () => void): () => void {
    const { platform, name } = this.#options;
    const lock = new Lock(platform.locks, presenceLock(name, tab), {
      onHeld: () => {
        lock.release();
        onGone();
      },
      onLost: () => {},
    });
    lock.request();
    return () => lock.release();
  }

  #post(message: object): void {
    this.#channel?.postMessage({ ...message, version: tabsVersion, from: this.#options.tab });
  }

  #receive(message: TabMessage): void {
    const { listener, tab } = this.#options;
    if (message.version !== tabsVersion) {
      // The newer one goes on alone: the older one has understood nothing but this number.
      if (message.version > tabsVersion) listener.onOutdated();
      else if (this.leads) this.toMembers({ type: 'leader' });
      return;
    }
    if (isFromLeader(message)) {
      this.#heard({ tab: message.from, term: message.term });
      const isOurs = message.from === this.leader?.tab && message.term === this.leader.term;
      const isForUs = !('to' in message) || message.to === undefined || message.to === tab;
      if (isOurs && isForUs) listener.onLeaderMessage(message);
    } else if (this.leads) {
      if (message.type === 'ask') this.toMembers({ type: 'leader' });
      else if (message.to === tab) listener.onMemberMessage(message);
    }
  }

  #heard(leader: Leader): void {
    this.#term = Math.max(this.#term, leader.term);
    const pingMs = this.#options.platform.isVisible() ? visiblePingMs : hiddenPingMs;
    this.#handle({ type: 'heard', leader, pingMs });
  }

  #handle(event: RoleEvent): void {
    const { role, effects } = nextRole(this.#role, event, this.#options.clock.now());
    this.#role = role;
    if ('deadline' in role) this.#timer.setTo(role.deadline);
    else this.#timer.clear();
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: RoleEffect): void {
    const { listener, clock } = this.#options;
    switch (effect) {
      case 'request':
        this.#lock.request();
        break;
      case 'steal':
        this.#lock.steal();
        break;
      case 'release':
        this.#lock.release();
        break;
      case 'lead':
        // Later than all that were heard of, and than those who were not.
        this.#term = Math.max(this.#term + 1, clock.now());
        listener.onLead();
        this.toMembers({ type: 'leader' });
        break;
      case 'cede':
        listener.onCede();
        break;
      case 'ask':
        this.#post({ type: 'ask' });
        break;
      case 'hello':
        listener.onLeader();
        break;
    }
  }
}

const presenceLock = (name: string, tab: string): string => `stoa:${name}:tab:${tab}`;

/** How often a tab makes sure that the leader is alive: often while somebody looks at it. */
const visiblePingMs = 5_000;
const hiddenPingMs = 15_000;
