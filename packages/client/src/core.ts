import { type MessageEvent, type ServerFrame, StoaError, type WelcomeFrame } from '@stoa/protocol';
import type { ResolvedOptions } from './client-options.ts';
import { ServerClock } from './clock.ts';
import { Connection, type ConnectionState, serverUrlOf, statusOfConnection } from './connection/index.ts';
import { localConversation, looksDifferent } from './conversations/index.ts';
import { helloOf, isForeign, newDevice, randomId, selfOf } from './device.ts';
import { Events } from './events.ts';
import { askForGroupProgress } from './groups/index.ts';
import { GapFiller, HistoryRequests, OlderMessages } from './history/index.ts';
import { Inbox } from './inbox.ts';
import { takeFrame } from './incoming-frame.ts';
import {
  Acknowledgements,
  announceExpired,
  Changes,
  ConversationMarks,
  Cursors,
  Deletions,
  Disappearing,
  MessageView,
  OwnMessages,
  PendingChanges,
  Reading,
  Receiver,
  Sequence,
  SyncPosition,
} from './messages/index.ts';
import { Outbox } from './outbox/index.ts';
import { Presence } from './presence/index.ts';
import { problemOf } from './problem.ts';
import { ProfileCache } from './profiles/index.ts';
import { Requests } from './requests/index.ts';
import { ScheduledMessages } from './scheduled/index.ts';
import { Search } from './search/index.ts';
import { type ConversationRecord, LocalData, type Transaction } from './store/index.ts';
import type { ConnectionStatus, LocalConversation, LocalMessage, Self } from './types.ts';
import { SharedValues, sharedOf } from './values/index.ts';

/**
 * Builds the parts of a client and connects them; the one place that knows all of them. The news of the connection
 * goes through here to the parts that they concern.
 */
export class Core {
  readonly events = new Events();
  readonly serverClock: ServerClock;
  readonly data: LocalData;
  readonly connection: Connection;
  readonly view: MessageView;
  readonly outbox: Outbox;
  readonly reading: Reading;
  readonly older: OlderMessages;
  readonly presence: Presence;
  readonly profiles: ProfileCache;
  readonly requests: Requests;
  readonly deletions: Deletions;
  readonly marks: ConversationMarks;
  readonly disappearing: Disappearing;
  readonly search: Search;
  readonly scheduled: ScheduledMessages;
  readonly pages: HistoryRequests;
  status: ConnectionStatus = { state: 'stopped' };
  readonly #options: ResolvedOptions;
  readonly #receiver: Receiver;
  readonly #sequence = new Sequence();
  readonly #position: SyncPosition;
  readonly #acknowledgements: Acknowledgements;
  readonly #gaps: GapFiller;
  readonly #inbox: Inbox;
  readonly #values: SharedValues;
  #self: Self | undefined;
  /** Tells the server which connections are returns of the same client; pages that share a client hand it on. */
  run = randomId();

  constructor(options: ResolvedOptions) {
    const { clock, random, idShare } = options;
    const { events } = this;
    const self = () => this.self;
    const wants = (message: LocalMessage): boolean => this.#asks(() => options.filter(message));
    const accepts = (message: LocalMessage, event: MessageEvent): boolean =>
      this.#asks(() => options.acceptsChange(message, event));
    this.#options = options;
    this.serverClock = new ServerClock(clock);
    this.data = new LocalData({
      store: options.store,
      newDevice,
      onOpened: (snapshot) => {
        this.#values.opened(snapshot.values);
        this.outbox.opened(snapshot);
      },
      onConversation: (record, before) => {
        if (before === undefined || looksDifferent(before, record)) this.#announce(record);
      },
      onDisappearing: (at) => this.disappearing.noticed(at),
      onLost: (error) => this.connection.refuse(error),
    });
    this.connection = new Connection({
      url: options.socketUrl,
      codec: options.codec,
      clock,
      environment: options.environment,
      openWebSocket: options.openWebSocket,
      random,
      hello: () =>
        helloOf(this.data.device ?? newDevice(), options, this.run, this.presence.front.forHello()),
      onWelcome: (welcome) => this.#welcome(welcome),
      onState: (state) => this.#stateChanged(state),
      onFrames: (frames) => this.#received(frames),
    });
    const { data, connection: link, serverClock } = this;
    const pending = new PendingChanges();
    this.view = new MessageView({
      clock,
      serverClock,
      changes: pending,
      onExpired: (messages) => {
        data
          .transact((transaction) =>
            announceExpired(transaction, messages, {
              view: this.view,
              events,
              onListed: (record) => this.#announce(record),
            }),
          )
          .catch((error: unknown) => this.#storeFailed(error));
      },
    });
    const { view } = this;
    this.requests = new Requests(link, clock);
    const values = new SharedValues({
      data,
      link,
      requests: this.requests,
      clock,
      random,
      onChanged: async (...changed) => {
        await this.deletions.changed(...changed);
        this.marks.changed(...changed);
      },
      onProblem: (error) => events.emit('problem', problemOf(error)),
    });
    this.#values = values;
    const cursors = new Cursors(view, events);
    const changes = new Changes({ view, events, accepts, onListed: (record) => this.#announce(record) });
    this.outbox = new Outbox({ data, link, view, events, changes, pending, clock, random, idShare, self });
    this.deletions = new Deletions({ data, values, outbox: this.outbox, events });
    this.marks = new ConversationMarks({ data, values, events, onLooks: (record) => this.#announce(record) });
    this.reading = new Reading({ data, cursors, link, values, serverClock, clock });
    this.disappearing = new Disappearing({
      data,
      clock,
      serverClock,
      outbox: this.outbox,
      events,
      onProblem: (error) => events.emit('problem', problemOf(error)),
    });
    this.presence = new Presence({ link, clock, events });
    this.profiles = new ProfileCache({
      data,
      requests: this.requests,
      link,
      events,
      clock,
      serverUrl: serverUrlOf(options.socketUrl),
      self,
      onRenamed: (renamed) => (this.#self = renamed),
      onProblem: (error) => events.emit('problem', problemOf(error)),
    });
    this.#acknowledgements = new Acknowledgements({ data, link, clock });
    this.#position = new SyncPosition(() => {
      events.emit('synced');
      askForGroupProgress({ data, requests: this.requests, cursors });
    });
    this.#receiver = new Receiver({
      sequence: this.#sequence,
      cursors,
      view,
      events,
      changes,
      own: new OwnMessages({
        outbox: this.outbox,
        events,
        onWithdrawn: (...message) => this.deletions.withdrawn(...message),
      }),
      serverClock,
      self,
      wants,
      onMissed: (id, change) => this.older.missed(id, change),
      onStored: (id, streamed) => this.#acknowledgements.note(id, streamed),
    });
    this.pages = new HistoryRequests(link);
    this.older = new OlderMessages({ data, requests: this.pages, changes, serverClock, view, wants, self });
    this.search = new Search({ data, link, requests: this.requests, view, self, wants });
    this.scheduled = new ScheduledMessages({
      data,
      link,
      requests: this.requests,
      outbox: this.outbox,
      serverClock,
      events,
      self,
    });
    this.#gaps = new GapFiller({
      data,
      requests: this.pages,
      clock,
      gaps: () => this.#sequence.gaps(),
      onPage: (id, after, page) =>
        this.#receive((transaction) => this.#receiver.missing(transaction, id, after, page)),
      onLost: (id) => this.#receive((transaction) => this.#receiver.skipMissing(transaction, id)),
      onProblem: (error) => this.#storeFailed(error),
    });
    const takers = {
      receiver: this.#receiver,
      outbox: this.outbox,
      position: this.#position,
      profiles: this.profiles,
      presence: this.presence,
      pages: this.pages,
      values,
      requests: this.requests,
      reading: this.reading,
      events,
    };
    this.#inbox = new Inbox({
      data,
      take: (transaction, frame) => takeFrame(takers, transaction, frame),
      finish: (transaction) => this.#finish(transaction),
      onFailure: (error) => this.#storeFailed(error),
    });
  }

  /** Connects; when it was not wanted or refused before, as a new run that may displace other devices. */
  connect(): void {
    const { state } = this.status;
    if (state === 'stopped' || state === 'refused') this.run = randomId();
    this.connection.start();
  }

  /** Connects as the run that another page has begun. */
  reconnect(): void {
    if (this.status.state === 'stopped') this.connection.start();
  }

  get self(): Self | undefined {
    return this.#self ?? this.data.device?.self;
  }

  showConversation(record: ConversationRecord): LocalConversation {
    const { latest } = record;
    const newest = latest === undefined ? undefined : this.view.of(latest, record);
    return localConversation(record, newest, sharedOf(this.data, record.id));
  }

  /** An application that fails to answer says yes. */
  #asks(question: () => boolean): boolean {
    try {
      return question() !== false;
    } catch (error) {
      this.events.emit('problem', problemOf(error));
      return true;
    }
  }

  #announce(record: ConversationRecord): void {
    this.events.emit('conversation', this.showConversation(record));
  }

  /** Calls and rooms are not kept, and must not wait for the store. */
  #received(frames: readonly ServerFrame[]): void {
    const others = frames.filter(({ t }) => t !== 'call' && t !== 'room');
    if (others.length > 0) this.#inbox.add(others);
    if (others.length === frames.length) return;
    for (const frame of frames) {
      if (frame.t === 'call') this.events.emit('callSignal', frame);
      if (frame.t === 'room') this.events.emit('roomSignal', frame);
    }
  }

  /** Stores something that came outside of a batch. */
  #receive(work: (transaction: Transaction) => Promise<void>): Promise<void> {
    return this.data.transact(async (transaction) => {
      await work(transaction);
      this.#finish(transaction);
    });
  }

  #finish(transaction: Transaction): void {
    this.#position.settle(transaction, this.#sequence.complete);
    transaction.afterwards(() => {
      this.#acknowledgements.send();
      this.#gaps.check();
      this.outbox.pump();
    });
  }

  #welcome(welcome: WelcomeFrame): boolean {
    const { device } = this.data;
    if (device !== undefined && isForeign(device, welcome)) {
      this.#startAfresh();
      return false;
    }
    const self = selfOf(welcome);
    this.#self = self;
    this.serverClock.set(welcome.time);
    this.disappearing.clockSet();
    this.#receiver.connected(welcome.time);
    if (device?.self?.dev !== self.dev || device.self.name !== self.name) {
      this.data
        .transact((transaction) => transaction.putDevice({ ...transaction.device, self }))
        .catch((error: unknown) => this.#storeFailed(error));
    }
    return true;
  }

  /** The store holds the messages of another user: they are not for this one to see. */
  #startAfresh(): void {
    const reason = 'The local store belonged to another user and was emptied.';
    this.#self = undefined;
    this.data
      .transact((transaction) => {
        const { lastSendId } = transaction.device;
        transaction.removeEverything();
        transaction.putDevice(newDevice(lastSendId));
        this.outbox.keepUntried(transaction);
        const problem = new StoaError('CONFLICT', reason, { hint: 'Give every user a store of his own.' });
        transaction.afterwards(() => this.events.emit('problem', problem));
      })
      .catch((error: unknown) => this.#storeFailed(error));
    this.connection.fail(reason);
  }

  #stateChanged(state: ConnectionState): void {
    this.status = statusOfConnection(state, this.self, this.#options.clock.now());
    if (state.name === 'online') {
      this.reading.connected();
      this.presence.connected();
      this.profiles.connected();
      this.requests.connected();
      this.#values.connected();
      this.outbox.pump();
    } else if (state.name !== 'connecting') this.#disconnected(state.name !== 'waiting');
    this.events.emit('status', this.status);
  }

  #disconnected(forGood: boolean): void {
    this.#inbox.disconnected();
    this.#sequence.clear();
    this.#position.disconnected();
    this.#acknowledgements.clear();
    this.reading.disconnected();
    this.pages.disconnected();
    this.requests.disconnected(forGood);
    this.#values.disconnected();
    this.#gaps.disconnected();
    this.outbox.disconnected();
    this.presence.disconnected();
    this.profiles.disconnected();
  }

  /** What was not stored was not acknowledged either: the server sends it again on the next connection. */
  #storeFailed(error: unknown): void {
    if (!this.connection.online) return;
    const problem = problemOf(error);
    this.events.emit('problem', problem);
    this.connection.fail(problem.message);
  }
}
