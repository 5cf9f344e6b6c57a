import { type Content, StoaError } from '@stoa/protocol';
import type { ClientHost, Question, Remark } from '../client-host.ts';
import type { ResolvedOptions } from '../client-options.ts';
import { targetOf } from '../conversations/index.ts';
import { randomId } from '../device.ts';
import { Events } from '../events.ts';
import type { LocalClient } from '../local-client.ts';
import type { PendingChange } from '../messages/index.ts';
import { draftToRepeat } from '../outbox/index.ts';
import { isRepeatable } from '../requests/index.ts';
import type {
  Changing,
  ClientEvents,
  ConnectionStatus,
  Draft,
  LocalMessage,
  PresenceEvent,
  Self,
  Sending,
  Target,
} from '../types.ts';
import { Calls, type WaitingCall } from './calls.ts';
import { sends } from './carry-out.ts';
import { HandIn, type Prepared } from './hand-in.ts';
import { KnowledgeOfTab } from './knowledge.ts';
import { Leading } from './leading.ts';
import { otherUser, outdated, type Refused, refusedBy } from './refused-tab.ts';
import { TabGroup } from './tab-group.ts';
import type { Hello, LeaderMessage, SharedState, Told, ToldEvent, Welcome } from './tab-messages.ts';
import type { TabPlatform } from './tab-platform.ts';
import { isStateOfUser, View } from './view.ts';
import { fromWireError, type WireError } from './wire-errors.ts';

/** The host of a client that shares its store with other tabs; undefined when there is nothing to share. */
export function sharedHost(options: ResolvedOptions): ClientHost | undefined {
  const { tabPlatform, store } = options;
  if (tabPlatform === undefined || store.sharedAs === undefined) return undefined;
  return new SharedHost(options, tabPlatform, store.sharedAs);
}

/**
 * One tab of those that share a client. While it leads, it has the client; otherwise it hands the application's
 * commands to the leader, and tells the application what the leader says.
 */
class SharedHost implements ClientHost {
  readonly events = new Events();
  readonly #options: ResolvedOptions;
  readonly #leaderOptions: ResolvedOptions;
  readonly #tab = randomId();
  readonly #group: TabGroup;
  readonly #calls = new Calls();
  readonly #handIn: HandIn;
  readonly #view: View;
  readonly #knowledge = new KnowledgeOfTab();
  readonly #watched = new Set<string>();
  #leading: Leading | undefined;
  #status: ConnectionStatus = { state: 'stopped' };
  #isStarted = false;
  /** Whether the leader has let this tab in, and whether any has. */
  #isJoined = false;
  #wasJoined = false;
  /** Whether it may take over in order to find out whose token it has: once for each start. */
  #mayTake = true;
  /** Whether it is to take over from whoever leads. */
  #mustTake = false;
  /** Whether the leader has yet to find out whether he is of the user of this tab. */
  #awaitsProof = false;
  /** Whether this tab is in front, as far as it said. */
  #front: boolean | undefined;
  /** Why it takes part no longer. */
  #end: Refused | undefined;
  /** What the server said to this tab's token when it last led. */
  #ownRefusal: Refused | undefined;

  constructor(options: ResolvedOptions, platform: TabPlatform, name: string) {
    this.#options = options;
    const { clock, random } = options;
    // Two for each tab: for what is handed in here, and for what gets another id when this tab leads.
    const share = 2 * Math.floor(random() * (idShares / 2));
    this.#leaderOptions = { ...options, idShare: { number: share + 1, of: idShares } };
    this.#view = new View(clock);
    this.#handIn = new HandIn({
      tab: this.#tab,
      clock,
      idShare: { number: share, of: idShares },
      random,
      address: () => this.self?.address,
      serverTime: () => this.serverTime(),
    });
    this.#group = new TabGroup({
      name,
      tab: this.#tab,
      platform,
      clock,
      listener: {
        onLead: () => this.#lead(),
        onCede: () => this.#cede(),
        onLeader: () => this.#sayHello(),
        onLeaderMessage: (message) => this.#heard(message),
        onMemberMessage: (message) => this.#leading?.receive(message),
        onOutdated: () => this.#leave(refusedBy(outdated())),
      },
    });
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  get self(): Self | undefined {
    return this.#leading?.client.self ?? this.#view.self;
  }

  serverTime(): number {
    return this.#leading?.client.serverTime() ?? this.#view.serverTime;
  }

  presenceOf(address: string): PresenceEvent | undefined {
    return this.#watched.has(address) ? this.#view.presenceOf(address) : undefined;
  }

  isBlocked(address: string): boolean {
    return this.#leading?.client.isBlocked(address) ?? this.#view.isBlocked(address);
  }

  async start(): Promise<void> {
    this.#isStarted = true;
    this.#mayTake = true;
    // What was refused to the leader or to this tab before is asked for with this tab's token.
    const isRefusedToOthers = this.#status.state === 'refused' && !this.#view.isSameSignIn;
    this.#mustTake = this.#end?.error.code === 'CONFLICT' || isRefusedToOthers;
    this.#end = undefined;
    this.#group.join();
    if (this.#mustTake) this.#group.take();
    this.#refresh();
    await this.#call('start', []);
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    await this.#leading?.client.stop();
    // It was started again meanwhile, and goes on.
    if (this.#isStarted) return;
    this.#calls.dropAll(({ name }) => sends.test(name), 'The client was stopped.');
    this.#group.leave();
    this.#away();
    this.#refresh();
  }

  send(target: Target, draft: Draft): Sending {
    return this.#send(this.#handIn.send(target, draft));
  }

  resend(message: LocalMessage): Sending {
    return this.#send(this.#handIn.send(targetOf(message.conversation), draftToRepeat(message), message));
  }

  edit(message: LocalMessage, content: Content): Changing {
    return this.#change('change', this.#handIn.change(message, content));
  }

  recall(message: LocalMessage): Changing {
    return this.#change('change', this.#handIn.change(message, undefined));
  }

  mark(before: LocalMessage, change: PendingChange): Changing {
    return this.#change('mark', this.#handIn.mark(before, change));
  }

  watch(peers: readonly string[]): void {
    for (const peer of peers) this.#watched.add(peer);
    this.#group.join();
    if (this.#leading !== undefined) this.#leading.watch(this.#tab, peers);
    else this.#toLeader((to) => this.#group.toLeader({ type: 'watch', to, peers }));
  }

  unwatch(peers: readonly string[]): void {
    for (const peer of peers) this.#watched.delete(peer);
    if (this.#leading !== undefined) this.#leading.unwatch(this.#tab, peers);
    else this.#toLeader((to) => this.#group.toLeader({ type: 'unwatch', to, peers }));
  }

  setFront(on: boolean | undefined): void {
    this.#front = on;
    this.remark('setFront', this.#tab, on);
  }

  remark<Name extends Remark>(name: Name, ...args: Parameters<LocalClient[Name]>): void {
    if (this.#leading !== undefined) this.#leading.remark(name, args);
    else this.#toLeader((to) => this.#group.toLeader({ type: 'remark', to, name, args }));
  }

  ask<Name extends Question>(
    name: Name,
    ...args: Parameters<LocalClient[Name]>
  ): ReturnType<LocalClient[Name]> {
    const [op, , options] = args as Parameters<LocalClient['request']>;
    const mayRepeat = name !== 'request' || isRepeatable(op, options);
    return this.#call(name, args, mayRepeat) as ReturnType<LocalClient[Name]>;
  }

  #send({ message, args, isTransient }: ReturnType<HandIn['send']>): Sending {
    return { message, sent: this.#call('send', args, !isTransient) as Promise<LocalMessage> };
  }

  #change(name: string, { message, args }: Prepared<readonly unknown[]>): Changing {
    return { message, done: this.#call(name, args) as Promise<void> };
  }

  #call(name: string, args: readonly unknown[], mayRepeat = true): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(this.#end.error);
    this.#group.join();
    return this.#calls.make(name, args, mayRepeat);
  }

  #lead(): void {
    this.#mustTake = false;
    const leading = new Leading({
      client: this.#leaderOptions,
      tab: this.#tab,
      group: this.#group,
      hello: this.#hello(),
      run: this.#view.run,
      onEvent: (event, told) => this.#told(event, told),
      onState: (state) => this.#changed(state),
    });
    this.#leading = leading;
    const connect = (): void => {
      if (this.#leading === leading) this.#calls.connected((call) => this.#carryOut(leading, call));
    };
    leading.begin().then((welcome) => {
      if (this.#leading === leading) this.#joined(welcome);
      connect();
      // When the store cannot be opened, whoever asks for something is told.
    }, connect);
  }

  #carryOut(leading: Leading, { id, name, args, isTried }: WaitingCall): void {
    leading.call(this.#tab, { name, args, again: isTried }).then(
      (result) => this.#leading === leading && this.#calls.resolve(id, result),
      (error: Error) => this.#leading === leading && this.#calls.reject(id, error),
    );
  }

  #cede(): void {
    const leading = this.#leading;
    if (leading === undefined) return;
    this.#leading = undefined;
    const { status } = this.#view;
    this.#ownRefusal = status?.state === 'refused' && status.error.code !== 'CONFLICT' ? status : undefined;
    leading.end();
    this.#away();
    this.#refresh();
  }

  /** Nobody carries out commands for the moment. */
  #away(): void {
    this.#isJoined = false;
    this.#calls.disconnected();
  }

  #hello(): Hello {
    const { socketUrl: url, token, app } = this.#options;
    return {
      credentials: { url, token, app },
      user: this.#view.user,
      isStarted: this.#isStarted,
      watched: [...this.#watched],
      front: this.#front,
      knowledge: this.#wasJoined ? this.#knowledge.export() : undefined,
    };
  }

  #sayHello(): void {
    this.#awaitsProof = false;
    this.#away();
    this.#refresh();
    const { leader } = this.#group;
    if (this.#mustTake) this.#group.take();
    else if (leader !== undefined) this.#group.toLeader({ type: 'hello', to: leader.tab, ...this.#hello() });
  }

  #heard(message: LeaderMessage): void {
    switch (message.type) {
      case 'leader':
        break;
      case 'welcome':
        if (this.#isJoined) break;
        this.#joined(message.welcome);
        this.#calls.connected((call) => this.#handOver(message.from, call));
        break;
      case 'refused':
        if (message.refusal === 'unknown') this.#unknown();
        else this.#leave(refusedBy(otherUser()));
        break;
      case 'state':
        if (this.#isJoined) this.#changed(message.state);
        else this.#othersChanged(message.state);
        break;
      case 'event':
        if (this.#isJoined) this.#told(message.event, message.told);
        break;
      case 'outcome':
        if ('error' in message.outcome) this.#calls.reject(message.id, fromWireError(message.outcome.error));
        else this.#calls.resolve(message.id, message.outcome.result);
    }
  }

  /** The leader has other credentials, and cannot tell whether they are of the same user. */
  #unknown(): void {
    // Who has proven whose he is waits until the leader has, too. Others must sign in to find out.
    this.#awaitsProof = this.#view.user !== undefined;
    if (this.#awaitsProof) return;
    if (this.#mayTake) {
      this.#mayTake = false;
      this.#group.take();
    } else this.#leave(this.#ownRefusal ?? refusedBy(otherUser()));
  }

  /** The state of a leader who has not let this tab in. */
  #othersChanged({ status }: SharedState): void {
    if (!this.#awaitsProof) return;
    if (status.state === 'online') this.#sayHello();
    // His credentials are good for nothing; those of this tab were.
    else if (status.state === 'refused' && this.#isStarted) this.#group.take();
  }

  #handOver(to: string, { id, name, args, isTried }: WaitingCall): void {
    try {
      this.#group.toLeader({ type: 'call', to, id, name, args, again: isTried });
    } catch (cause) {
      // What cannot be cloned cannot be stored or sent either.
      this.#calls.reject(id, new StoaError('BAD_REQUEST', 'It holds something that is no data.', { cause }));
    }
  }

  #joined(welcome: Welcome): void {
    this.#isJoined = true;
    this.#wasJoined = true;
    this.#view.joined(welcome);
    this.#refresh();
    for (const event of welcome.missed) this.#told(event);
    for (const presence of welcome.presence) this.events.emit('presence', presence);
    this.#knowledge.reset(welcome.knowledge);
  }

  #changed(state: SharedState): void {
    this.#view.changed(state);
    this.#refresh();
  }

  /** Tells the application. */
  #told(event: ToldEvent, told?: Told): void {
    const { name, args } = event;
    this.#view.learn(event);
    this.#knowledge.learn(event, told);
    if (name === 'problem') {
      this.events.emit('problem', fromWireError(args[0] as WireError));
      return;
    }
    if (name === 'presence') {
      const [presence] = args as ClientEvents['presence'];
      if (isStateOfUser(presence) && !this.#watched.has(presence.from)) return;
    }
    this.events.emit(name, ...(args as ClientEvents[typeof name]));
  }

  /** This tab takes part no longer, until it is started again. */
  #leave(end: Refused): void {
    this.#end = end;
    this.#wasJoined = false;
    this.#group.leave();
    this.#away();
    this.#calls.dropAll(() => false, end.error.message);
    this.#refresh();
  }

  #refresh(): void {
    const status = this.#statusNow();
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return;
    this.#status = status;
    this.events.emit('status', status);
  }

  #statusNow(): ConnectionStatus {
    if (this.#end !== undefined) return this.#end;
    if (!this.#isStarted) return { state: 'stopped' };
    const status = this.#isJoined ? this.#view.status : undefined;
    return status === undefined || status.state === 'stopped' ? { state: 'connecting' } : status;
  }

  #toLeader(act: (tab: string) => void): void {
    const { leader } = this.#group;
    if (this.#isJoined && leader !== undefined) act(leader.tab);
  }
}

/** Tabs whose ids of sends are different: enough that those made in one moment hardly ever meet. */
const idShares = 512;
