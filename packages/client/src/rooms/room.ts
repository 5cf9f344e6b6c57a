import {
  type RoomEndReason,
  type RoomInfo,
  type RoomNotice,
  type RoomParticipant,
  type RoomRight,
  type RoomStreamPlace,
  StoaError,
} from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import { HeadCount } from './head-count.ts';
import type { OwnStream } from './own-stream.ts';
import { OwnStreams, type PublishOptions } from './own-streams.ts';
import { peerStats } from './peer-stats.ts';
import { Publishing } from './publishing.ts';
import { QualityWatch } from './quality-watch.ts';
import type { RemoteStream } from './remote-stream.ts';
import { RemoteStreams } from './remote-streams.ts';
import { RoomAdmin } from './room-admin.ts';
import type { RoomPlatform } from './room-platform.ts';
import { roomProblem } from './room-problem.ts';
import { RoomRecording } from './room-recording.ts';
import type { RoomAsking, RoomEvents, RoomStatus } from './room-types.ts';
import { deviceKey, Roster, type RosterChange } from './roster.ts';
import { Staying } from './staying.ts';
import { TryingAgain } from './trying-again.ts';
import { Viewing } from './viewing.ts';
import { Wishing } from './wishing.ts';

export interface RoomOptions {
  readonly info: RoomInfo;
  readonly pass?: string | undefined;
  readonly self: { readonly user: string; readonly dev: number };
  readonly platform: RoomPlatform;
  readonly clock: Clock;
  readonly configuration: () => Promise<RTCConfiguration>;
  readonly ask: RoomAsking;
  readonly onOver: (room: Room) => void;
  readonly onListenerError: (event: string, error: unknown) => void;
}

/**
 * The room of a group that this device is in. It stays in it, whatever happens to the connection, until `leave()` or
 * until the server ends it: then its status is `ended`.
 *
 * @example
 * const room = await client.rooms.join(gid);
 * const show = (stream) => stream.attach(newVideoElement());
 * room.streams.forEach(show); // what there is already; events tell what comes
 * room.on('stream', show);
 * await room.publish({ audio: true, video: true });
 */
export class Room {
  readonly gid: number;
  /** What only those can do who control the room. */
  readonly admin: RoomAdmin;
  readonly recording: RoomRecording;
  readonly #options: RoomOptions;
  readonly #emitter: Emitter<RoomEvents>;
  readonly #roster = new Roster();
  readonly #streams: RemoteStreams;
  readonly #own: OwnStreams;
  readonly #publishing: Publishing;
  readonly #viewing: Viewing;
  readonly #staying: Staying;
  readonly #wishing: Wishing;
  readonly #again: TryingAgain;
  readonly #quality: QualityWatch;
  #info: RoomInfo;
  #may: ReadonlySet<RoomRight>;
  #status: RoomStatus = { phase: 'joined' };
  readonly #heads: HeadCount;
  #speakers: readonly RoomStreamPlace[] = [];

  constructor(options: RoomOptions) {
    const { info, platform, clock, configuration, ask } = options;
    this.#options = options;
    this.#info = info;
    this.#may = new Set(info.may);
    this.gid = info.gid;
    this.admin = new RoomAdmin(info.gid, ask);
    this.recording = new RoomRecording(info, ask, (recording) => this.#emitter.emit('recording', recording));
    this.#emitter = new Emitter((event, error) => options.onListenerError(event, error));
    this.#quality = new QualityWatch(this.#emitter);
    this.#streams = new RemoteStreams({
      platform,
      onWish: () => this.#wishing.changed(),
      onStream: (stream) => this.#emitter.emit('stream', stream),
      onChanged: (stream) => this.#emitter.emit('streamChanged', stream),
      onEnded: (stream) => this.#emitter.emit('streamEnded', stream),
    });
    const onProblem = (error: unknown): void => this.#problem(error);
    const common = { gid: info.gid, platform, clock, configuration, ask, onProblem };
    this.#publishing = new Publishing({
      ...common,
      limits: () => this.#info.limits,
      onUp: (isUp) => this.#quality.up('publish', isUp),
      onWay: (way) => this.#quality.encoders(way),
    });
    this.#own = new OwnStreams({
      gid: info.gid,
      platform,
      ask,
      publishing: this.#publishing,
      limits: () => this.#info.limits,
      onChanged: (stream) => this.#emitter.emit('ownStream', stream),
      onEnded: (stream) => this.#emitter.emit('ownStreamEnded', stream),
      onProblem,
    });
    this.#viewing = new Viewing({
      ...common,
      onTracks: (tracks) => this.#streams.show(tracks),
      onUp: (isUp) => this.#quality.up('view', isUp),
    });
    this.#staying = new Staying({
      ...common,
      pass: options.pass,
      known: () => ({ session: this.session, rev: this.#roster.isWhole ? this.#roster.rev : undefined }),
      onJoined: (room) => this.#rejoined(room),
      onRefused: () => this.#end('rights'),
      onMissed: (room) => this.#refresh(room),
      onCount: (count) => this.#heads.say(count),
    });
    this.#wishing = new Wishing({
      clock,
      viewing: this.#viewing,
      mayWatch: () => this.#may.has('subscribe'),
      wishes: () => this.#streams.wishes,
      onProblem,
    });
    this.#again = new TryingAgain(clock, () => {
      if (this.#status.phase !== 'joined') return;
      this.networkChanged();
      this.#wishing.changed();
    });
    this.#heads = new HeadCount(info.count, {
      seen: () => (this.#may.has('list') || this.#may.has('control') ? this.#roster.size : undefined),
      onChanged: (count) => this.#emitter.emit('count', count),
    });
    // Nobody listens yet: whoever has joined looks who is there.
    this.#take(this.#roster.reset(info));
    this.#wishing.changed();
  }

  get status(): RoomStatus {
    return this.#status;
  }

  /** Another one whenever the room has begun anew. */
  get session(): string {
    return this.#info.session;
  }

  /** Everybody whom the user may see, this device too. */
  get participants(): readonly RoomParticipant[] {
    return this.#roster.all;
  }

  /** How many devices are in the room, also those whom the user may not see; known to a few seconds in large rooms. */
  get count(): number {
    return this.#heads.value;
  }

  /** Those of them that publish nothing. */
  get viewerCount(): number {
    return Math.max(0, this.count - this.#roster.publishing);
  }

  /** This device. */
  get self(): RoomParticipant | undefined {
    return this.#roster.get(this.#options.self);
  }

  /** What others publish. */
  get streams(): readonly RemoteStream[] {
    return this.#streams.all;
  }

  /** What this device publishes. */
  get ownStreams(): readonly OwnStream[] {
    return this.#own.all;
  }

  get may(): ReadonlySet<RoomRight> {
    return this.#may;
  }

  get limits(): RoomInfo['limits'] {
    return this.#info.limits;
  }

  /** Milliseconds since 1970; undefined when the room may go on. */
  get ends(): number | undefined {
    return this.#info.ends;
  }

  /** How good the ways are on which this device publishes and watches, and why they are not better. */
  get quality(): QualityWatch['ways'] {
    return this.#quality.ways;
  }

  /** Who talks, the loudest first. */
  get speakers(): readonly RoomStreamPlace[] {
    return this.#speakers;
  }

  /** Calls `listener` at every event until the returned function is called. */
  on<Name extends keyof RoomEvents>(event: Name, listener: (...args: RoomEvents[Name]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /**
   * Publishes a microphone and camera, or a screen (which the user chooses, and ends in his browser, too). Each has a
   * number: 0 for the camera, the next free one for screens when none is given.
   *
   * @throws StoaError PERMISSION_DENIED, or one that says why a device cannot be used
   */
  async publish(options: PublishOptions = {}): Promise<OwnStream> {
    if (this.isOver) throw new StoaError('NOT_IN_ROOM');
    if (!this.#may.has('publish')) throw new StoaError('PERMISSION_DENIED', 'The user may not publish here.');
    return this.#own.publish(options);
  }

  /** Whether everybody is heard of whom the application has not said otherwise. Default: true. */
  hearOthers(hears: boolean): void {
    this.#wishing.hearOthers(hears);
  }

  async raiseHand(raised: boolean): Promise<void> {
    await this.#options.ask('rooms.hand', { gid: this.gid, raised });
  }

  /** Shows a few characters to everybody. */
  async react(reaction: string): Promise<void> {
    await this.#options.ask('rooms.react', { gid: this.gid, reaction });
  }

  /** Statistics of WebRTC; undefined for a way that is not open. */
  stats(): ReturnType<typeof peerStats> {
    return peerStats(this.#publishing.peer, this.#viewing.peer);
  }

  /** Leaves the room, and releases all devices. */
  async leave(): Promise<void> {
    if (this.#status.phase === 'ended') return;
    this.#end('left');
    await this.#options.ask('rooms.leave', { gid: this.gid }).catch(() => {});
  }

  /** @internal The server says something. */
  notice(session: string, event: RoomNotice): void {
    if (this.#status.phase === 'ended' || session !== this.#info.session) return;
    switch (event.type) {
      case 'participant':
        this.#take(this.#roster.put(event.rev, event.participant));
        return;
      case 'left':
        this.#take(this.#roster.remove(event.rev, event), event.reason);
        return;
      case 'ended':
        this.#end(event.reason);
        return;
      case 'rights':
        this.#useRights(event.may);
        // Where rules have changed, some of what is published may have ended.
        if (this.self !== undefined) this.#own.keep(this.self.streams);
        return;
      case 'offer':
        this.#viewing.offered(event);
        return;
      case 'slots':
        this.#viewing.show(event.slots);
        return;
      case 'encodings':
        this.#publishing.encode(event);
        return;
      case 'speakers':
        this.#useSpeakers(event.speakers, event.active);
        return;
      case 'reaction': {
        const participant = this.#roster.get(event);
        if (participant !== undefined) this.#emitter.emit('reaction', participant, event.reaction);
        return;
      }
      case 'ask':
        this.#emitter.emit('ask', event.ask, event.by);
        return;
      case 'count':
        this.#heads.say(event.count);
        return;
      case 'quality':
        this.#quality.told(event);
        return;
      case 'recording':
        this.recording.notice(event);
        return;
      case 'restart':
        this.#restart(event.direction);
        return;
      case 'moved':
        this.offline();
        void this.online();
        return;
      case 'started':
      case 'over':
        return;
    }
  }

  /** @internal There is no connection to the server. */
  offline(): void {
    if (this.#status.phase === 'joined') this.#enter({ phase: 'reconnecting' });
  }

  /** @internal There is a new connection: this device joins again, and is who it was if it is soon enough. */
  async online(): Promise<void> {
    await this.#staying.join();
  }

  /** @internal The network has changed. */
  networkChanged(): void {
    if (this.#publishing.peer?.connectionState !== 'connected') this.#publishing.restart();
    if (this.#viewing.peer?.connectionState !== 'connected') this.#viewing.restart();
  }

  /** @internal */
  get isOver(): boolean {
    return this.#status.phase === 'ended';
  }

  #rejoined(info: RoomInfo): void {
    const isSame = info.session === this.#info.session;
    this.#info = info;
    this.#useRights(info.may);
    this.#refresh(info);
    if (isSame) this.networkChanged();
    else this.#restart();
    this.#wishing.changed();
    this.#enter({ phase: 'joined' });
  }

  #refresh(info: RoomInfo): void {
    this.#heads.say(info.count);
    this.recording.use(info.recording);
    this.#take(this.#roster.reset(info));
  }

  /** Without a direction it is another room of the media plane. */
  #restart(direction?: 'publish' | 'view'): void {
    if (direction === undefined) this.#quality.forget();
    if (direction !== 'view') this.#publishing.restart();
    if (direction !== 'publish') this.#viewing.restart();
  }

  #take({ put, left }: RosterChange, reason: RoomEndReason = 'left'): void {
    const own = deviceKey(this.#options.self);
    for (const participant of put) {
      this.#emitter.emit('participant', participant);
      if (deviceKey(participant) === own) this.#own.told(participant, this.#may.has('publish'));
      else this.#streams.told(participant);
    }
    for (const participant of left) {
      this.#streams.gone(participant);
      this.#emitter.emit('left', participant, reason);
    }
    this.#heads.look();
  }

  #useRights(may: readonly RoomRight[]): void {
    const before = this.#may;
    this.#may = new Set(may);
    if (!this.#may.has('publish')) this.#own.endAll();
    if (this.#may.has('subscribe') && !before.has('subscribe')) {
      this.#viewing.restart();
      this.#wishing.changed();
    }
    if (may.join() !== [...before].join()) this.#emitter.emit('rights', this.#may);
  }

  #useSpeakers(speakers: readonly RoomStreamPlace[], active: RoomStreamPlace | undefined): void {
    this.#speakers = speakers;
    this.#own.talking(speakers, this.#options.self);
    this.#streams.talking(speakers);
    this.#emitter.emit('speakers', speakers, active);
  }

  #end(reason: RoomEndReason): void {
    this.#staying.stop();
    this.#wishing.stop();
    this.#again.stop();
    this.#publishing.close();
    this.#viewing.close();
    this.#own.close();
    this.#streams.close();
    this.#enter({ phase: 'ended', reason });
    this.#options.onOver(this);
  }

  #enter(status: RoomStatus): void {
    if (this.#status.phase === status.phase) return;
    this.#status = status;
    this.#emitter.emit('status', status);
  }

  /** Without a connection everything is said again when there is one. */
  #problem(error: unknown): void {
    if (this.isOver || this.#status.phase === 'reconnecting') return;
    const problem = roomProblem(error);
    this.#again.failed(problem);
    if (problem.code === 'NOT_IN_ROOM') void this.online();
    else this.#emitter.emit('problem', problem);
  }
}
