import type { ResolvedOptions } from '../client-options.ts';
import { LocalClient } from '../local-client.ts';
import type { ClientEvents, LocalConversation, LocalMessage } from '../types.ts';
import { blockedAddresses } from '../values/index.ts';
import { CarryOut, methodOf } from './carry-out.ts';
import { knowledgeOf, missedBy, toldOf } from './missed.ts';
import type { TabGroup } from './tab-group.ts';
import {
  type Call,
  type Credentials,
  type Hello,
  type MemberMessage,
  type Outcome,
  type Refusal,
  type SharedState,
  type Told,
  type ToldEvent,
  toldEvent,
  type Welcome,
} from './tab-messages.ts';
import { Watchers } from './watchers.ts';
import { toWireError, toWireStatus } from './wire-errors.ts';

export interface LeadingOptions {
  readonly client: ResolvedOptions;
  readonly tab: string;
  readonly group: TabGroup;
  /** How this tab takes part. */
  readonly hello: Hello;
  /** Of the leader before; undefined when there was none. */
  readonly run: string | undefined;
  /** For the application of this tab. */
  readonly onEvent: (event: ToldEvent, told: Told | undefined) => void;
  readonly onState: (state: SharedState) => void;
}

interface Member {
  readonly forget: () => void;
}

/**
 * The tab that leads has the client. It carries out what the others ask for, and tells them what happens.
 */
export class Leading {
  readonly client: LocalClient;
  readonly #carryOut: CarryOut;
  readonly #options: LeadingOptions;
  readonly #members = new Map<string, Member>();
  /** Tabs that want to be connected. */
  readonly #started = new Set<string>();
  readonly #watchers: Watchers;
  /** Whether the server has said whose credentials these are. */
  #isProven = false;
  #isOver = false;

  constructor(options: LeadingOptions) {
    this.#options = options;
    this.client = new LocalClient(options.client);
    this.#carryOut = new CarryOut(this.client);
    if (options.run !== undefined) this.client.core.run = options.run;
    this.#watchers = new Watchers(this.client);
    this.client.core.events.observe((name, args) => this.#happened(name, args));
  }

  get state(): SharedState {
    const { core } = this.client;
    const { clock } = this.#options.client;
    return {
      status: toWireStatus(core.status),
      self: core.self,
      ahead: core.serverClock.now() - clock.now(),
      run: core.run,
    };
  }

  /** Lets this tab in, like any other. Resolves to what it is to know. */
  begin(): Promise<Welcome> {
    const { hello, tab, run } = this.#options;
    this.#enter(tab, hello);
    // Asked for before anything new can happen.
    const welcome = this.#welcome(hello, () => {});
    // Otherwise it has just been started, and will say so.
    if (hello.isStarted && run !== undefined) this.#resume();
    return welcome;
  }

  /** For the application of this tab or of another one. */
  call(tab: string, call: Call): Promise<unknown> {
    if (call.name === 'start') this.#started.add(tab);
    return this.#carryOut.run(call);
  }

  remark(name: string, args: readonly unknown[]): void {
    methodOf(this.client, name)(...args);
  }

  watch(tab: string, peers: readonly string[]): void {
    for (const presence of this.#watchers.watch(tab, peers)) {
      const event = toldEvent('presence', presence);
      if (tab === this.#options.tab) this.#options.onEvent(event, undefined);
      else this.#options.group.toMembers({ type: 'event', to: tab, event });
    }
  }

  unwatch(tab: string, peers: readonly string[]): void {
    this.#watchers.unwatch(tab, peers);
  }

  receive(message: MemberMessage): void {
    const { from } = message;
    switch (message.type) {
      case 'hello':
        this.#hello(from, message);
        break;
      case 'call':
        this.#answer(from, message.id, message);
        break;
      case 'remark':
        this.remark(message.name, message.args);
        break;
      case 'watch':
        this.watch(from, message.peers);
        break;
      case 'unwatch':
        this.unwatch(from, message.peers);
        break;
      case 'bye':
        this.#gone(from);
        break;
      case 'ask':
        return;
    }
  }

  /** Ends it without a word: another tab leads, or this one has stopped. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const { forget } of this.#members.values()) forget();
    this.client.stop().catch(() => {});
  }

  #happened(name: keyof ClientEvents, args: ClientEvents[keyof ClientEvents]): void {
    if (this.#isOver) return;
    if (name === 'status') {
      if (this.client.status.state === 'online') this.#isProven = true;
      this.#options.onState(this.state);
      this.#options.group.toMembers({ type: 'state', state: this.state });
      return;
    }
    const event: ToldEvent = { name, args: name === 'problem' ? args.map(toWireError) : args };
    const told = this.#toldWith(event);
    this.#options.onEvent(event, told);
    if (this.#isAlone) return;
    this.#options.group.toMembers({ type: 'event', event, ...(told === undefined ? {} : { told }) });
  }

  get #isAlone(): boolean {
    return this.#members.size < 2;
  }

  #toldWith(event: ToldEvent): Told | undefined {
    const id = conversationOf(event);
    const record = id === undefined ? undefined : this.client.core.data.conversation(id);
    return record === undefined ? undefined : toldOf(record);
  }

  #hello(tab: string, hello: Hello): void {
    const { group } = this.#options;
    const refusal = this.#refusal(hello);
    if (refusal !== undefined) {
      group.toMembers({ type: 'refused', to: tab, refusal });
      return;
    }
    this.#enter(tab, hello);
    // Posted while nothing changes: every event after it is new to the tab, and none before it.
    const post = (welcome: Welcome): void => group.toMembers({ type: 'welcome', to: tab, welcome });
    // When the store cannot be opened, whoever asks for something is told.
    this.#welcome(hello, post).catch(() => post(this.#emptyWelcome(hello)));
    if (hello.isStarted) this.#resume();
  }

  /** A tab that came with other credentials is let in when it has proven to be of the same user. */
  #refusal({ credentials, user }: Hello): Refusal | undefined {
    const own = this.#options.hello.credentials;
    if (isSame(credentials, own)) return undefined;
    const { self } = this.client;
    if (!this.#isProven || self === undefined || user === undefined) return 'unknown';
    const isSameUser = user.uid === self.uid && user.address === self.address && credentials.url === own.url;
    return isSameUser ? undefined : 'other-user';
  }

  #enter(tab: string, { isStarted, watched, front }: Hello): void {
    this.#members.get(tab)?.forget();
    const forget =
      tab === this.#options.tab ? () => {} : this.#options.group.whenGone(tab, () => this.#gone(tab));
    this.#members.set(tab, { forget });
    if (isStarted) this.#started.add(tab);
    this.#watchers.watch(tab, watched);
    this.client.setFront(tab, front);
  }

  #gone(tab: string): void {
    this.#members.get(tab)?.forget();
    this.#members.delete(tab);
    this.#watchers.forget(tab);
    this.client.setFront(tab, undefined);
    if (this.#started.delete(tab) && this.#started.size === 0) this.client.pause();
  }

  #resume(): void {
    this.client.resume().catch(() => {});
  }

  #welcome(hello: Hello, onReady: (welcome: Welcome) => void): Promise<Welcome> {
    const { core } = this.client;
    const { knowledge, watched } = hello;
    return core.data.read(async (store) => {
      const missed = knowledge === undefined ? [] : await missedBy(knowledge, core, store);
      const welcome: Welcome = {
        ...this.#emptyWelcome(hello),
        presence: watched.flatMap((address) => core.presence.of(address) ?? []),
        blocked: blockedAddresses(core.data.values()),
        knowledge: knowledgeOf(core),
        missed,
      };
      onReady(welcome);
      return welcome;
    });
  }

  #emptyWelcome({ credentials }: Hello): Welcome {
    return {
      ...this.state,
      presence: [],
      blocked: [],
      knowledge: { conversations: [], waiting: [] },
      missed: [],
      isSameSignIn: isSame(credentials, this.#options.hello.credentials),
    };
  }

  #answer(tab: string, id: number, call: Call): void {
    const post = (outcome: Outcome): void => {
      if (this.#isOver) return;
      this.#options.group.toMembers({ type: 'outcome', to: tab, id, outcome });
    };
    this.call(tab, call).then(
      (result) => post({ result }),
      (error: unknown) => post({ error: toWireError(error) }),
    );
  }
}

function isSame(one: Credentials, other: Credentials): boolean {
  return one.url === other.url && one.token === other.token && one.app === other.app;
}

/** Which conversation an event is about. */
function conversationOf({ name, args: [first] }: ToldEvent) {
  if (name === 'conversation') return (first as LocalConversation).id;
  const isAboutMessages = name === 'message' || name === 'update' || name === 'removed';
  return isAboutMessages ? (first as Pick<LocalMessage, 'conversation'>).conversation : undefined;
}
