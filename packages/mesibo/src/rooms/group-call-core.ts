import type { Client, OwnStream, RemoteStream, Room, RoomQuality } from '@stoa/client';
import type { RoomAsk, RoomEndReason, RoomParticipant, RoomRight, RoomStreamPlace } from '@stoa/protocol';
import { cameraFor, nextCamera } from '../calls/video-source.ts';
import { MESIBOCALL_HANGUP_REASON_REMOTE } from '../constants/call.ts';
import type { Context } from '../context.ts';
import { internal } from '../internal.ts';
import { callOn } from '../listeners.ts';
import { turnAway, waitToBeLetIn } from './being-let-in.ts';
import { carryOutAsk } from './carry-out-ask.ts';
import type { MesiboGroupCall } from './group-call.ts';
import { hangupReasons } from './hangup-reasons.ts';
import { ParticipantNews } from './participant-news.ts';
import { type Muted, Publishing } from './publishing.ts';
import { MesiboParticipant, type ParticipantFacts } from './room-participant.ts';

/** What a group call does, and how the application is told of it. */
export class GroupCallCore {
  readonly context: Context;
  private readonly call: MesiboGroupCall;
  /** The group whose room it is, or was last. */
  gid: number;
  private listener: object | undefined;
  private adminListener: object | undefined;
  private client: Client | undefined;
  private room: Room | undefined;
  private readonly news: ParticipantNews;
  private readonly publishing: Publishing;
  private isWanted = false;
  private isEntering = false;
  /** How often it was wanted, and what of that was tried last. */
  private wishes = 0;
  private tried = 0;
  /** Ends waiting for being let in. */
  private stopWaiting = (): void => {};
  private isUp = { publish: false, view: false };
  /** By number; and those of others by who they are. */
  private readonly own = new Map<number, MesiboParticipant>();
  private readonly others = new Map<string, MesiboParticipant>();

  private readonly fail = (error: unknown): void => this.context.fail(error);

  constructor(call: MesiboGroupCall, context: Context, gid: number) {
    this.call = call;
    this.context = context;
    this.gid = gid;
    this.news = new ParticipantNews(() => this.listener);
    this.publishing = new Publishing({
      context,
      news: this.news,
      room: () => this.room,
      isUp: () => this.isUp.publish,
    });
  }

  get selfUid(): number {
    return this.client?.self?.uid ?? this.context.client?.self?.uid ?? 0;
  }

  get selfAddress(): string {
    return this.client?.self?.address ?? this.context.client?.self?.address ?? '';
  }

  /** Who hears of it from now on, if anybody is named. */
  hear(listener: object | null | undefined, admin?: object | null): void {
    this.listener = listener ?? this.listener;
    this.adminListener = admin ?? this.adminListener;
  }

  join(listener?: object | null, admin?: object | null): boolean {
    this.hear(listener, admin);
    if (this.gid <= 0) return false;
    if (this.isWanted) return true;
    this.isWanted = true;
    this.wishes += 1;
    this.enter();
    return true;
  }

  setRoom(gid: number): boolean {
    if (gid !== this.gid && this.isWanted) this.leave();
    this.gid = gid;
    return this.join();
  }

  leave(): void {
    this.isWanted = false;
    this.stopWaiting();
    this.stopWaiting = () => {};
    const { room } = this;
    this.room = undefined;
    room?.leave().catch((error) => this.context.fail(error));
    for (const participant of [...this.own.values(), ...this.others.values()]) this.forget(participant);
  }

  may(right: RoomRight): boolean {
    return this.room?.may.has(right) === true;
  }

  publisher(sid: number, isScreen: boolean): MesiboParticipant {
    const known = this.own.get(sid);
    if (known !== undefined) return known;
    const facts = { uid: 0, sid, address: '', name: '', isLocal: true };
    const participant = new MesiboParticipant(this.call, facts);
    participant[internal].isScreen = isScreen;
    this.own.set(sid, participant);
    return participant;
  }

  publishers(): MesiboParticipant[] {
    return [...this.others.values()].filter((participant) => participant.isPublisher());
  }

  /** The application wants something else of it than before. */
  wantedChanged(participant: MesiboParticipant): void {
    if (participant.isLocal()) this.publishing.update(participant);
    else this.subscribe(participant);
  }

  useCamera(participant: MesiboParticipant, source: number, index: number): void {
    this.withCamera(
      participant,
      async ({ calls }) => cameraFor(await calls.devices(), source, index),
      () => this.news.tell(participant, 'OnVideoSourceChanged', [participant, source, index]),
    );
  }

  nextCamera(participant: MesiboParticipant): void {
    this.withCamera(participant, async ({ calls }, { mediaStream }) =>
      nextCamera(await calls.devices(), { localStream: mediaStream }),
    );
  }

  mute(participant: MesiboParticipant, muted: Muted): void {
    const state = participant[internal];
    if (participant.isLocal()) {
      this.publishing.mute(participant, muted);
    } else if (state.wanted !== undefined) {
      const { audio = !state.wanted.audio, video = !state.wanted.video } = muted;
      state.wanted = { audio: !audio, video: !video };
      this.subscribe(participant);
    }
  }

  placeOf(participant: MesiboParticipant): RoomStreamPlace | undefined {
    const { remote, facts } = participant[internal];
    const self = this.client?.self;
    if (facts.isLocal)
      return self === undefined ? undefined : { user: self.address, dev: self.dev, sid: facts.sid };
    return remote === undefined ? undefined : { user: remote.user, dev: remote.dev, sid: remote.sid };
  }

  admin(action: (room: Room) => Promise<void>): boolean {
    if (this.room === undefined) return false;
    action(this.room).catch((error) => this.context.fail(error));
    return true;
  }

  /** Once at a time: what is wanted when it is done counts. */
  private enter(): void {
    if (this.isEntering) return;
    this.isEntering = true;
    this.entered()
      .catch((error) => {
        // The application may want another room by now.
        if (this.tried === this.wishes) this.isWanted = false;
        this.context.fail(error);
        return false;
      })
      .then((isOver) => {
        this.isEntering = false;
        if (!isOver && this.isWanted) this.enter();
      });
  }

  /** False: the application wants another room by now. */
  private async entered(): Promise<boolean> {
    const client = await this.context.whenClient();
    await this.context.whenSynced();
    const { gid } = this;
    if (!this.isWanted) return false;
    this.client = client;
    this.tried = this.wishes;
    const room = await client.rooms.join(gid);
    const isWanted = this.isWanted && gid === this.gid;
    if (room === undefined) {
      if (isWanted) this.waitToBeLetIn(client, gid);
      else turnAway(client, gid, this.fail);
    } else if (isWanted) this.use(room);
    else await room.leave();
    return isWanted;
  }

  private waitToBeLetIn(client: Client, gid: number): void {
    const onLetIn = (): void => {
      this.stopWaiting = () => {};
      this.enter();
    };
    this.stopWaiting = waitToBeLetIn(client, gid, onLetIn, this.fail);
  }

  private use(room: Room): void {
    this.room = room;
    // Everything is subscribed to by the application.
    room.hearOthers(false);
    room.on('stream', (stream) => this.began(stream));
    room.on('streamChanged', (stream) => this.changed(stream));
    room.on('streamEnded', (stream) => this.ended(stream));
    room.on('ownStream', (stream) => this.ownChanged(stream));
    room.on('ownStreamEnded', (stream) => this.ownEnded(stream));
    room.on('participant', (person) => this.came(person));
    room.on('left', (person) => this.left(person));
    room.on('speakers', () => this.talking());
    room.on('media', (direction, isUp) => this.mediaUp(direction, isUp));
    room.on('quality', (direction, quality) => this.qualityChanged(direction, quality));
    room.on('ask', (ask, by) => this.asked(ask, by));
    room.on('status', (status) => status.phase === 'ended' && this.over(room, status.reason));
    room.on('problem', (error) => this.context.fail(error));
    for (const person of room.participants) this.came(person);
    const there = room.streams.map((stream) => this.began(stream, false));
    if (there.length > 0) this.tellParticipants(there);
    for (const participant of this.own.values()) this.wantedChanged(participant);
  }

  private began(stream: RemoteStream, tellsAll = true): MesiboParticipant {
    const participant = this.of(stream.participant, stream.sid);
    const state = participant[internal];
    state.remote = stream;
    state.told = { audioMuted: false, videoMuted: false, talking: false, hasVideo: false, hasAudio: false };
    // Nothing is sent of it until the application says so.
    this.subscribe(participant);
    this.news.tell(participant, 'OnPublisher', [participant, true]);
    if (tellsAll) this.tellParticipants([participant]);
    return participant;
  }

  private changed(stream: RemoteStream): void {
    const participant = this.of(stream.participant, stream.sid);
    const state = participant[internal];
    const { audio, video } = stream.info;
    this.news.tellMute(
      participant,
      audio !== undefined && audio !== 'on',
      video !== undefined && video !== 'on',
      true,
    );
    const kinds = stream.mediaStream.getTracks().map(({ kind }) => kind);
    const [hasAudio, hasVideo] = [kinds.includes('audio'), kinds.includes('video')];
    if (state.wanted !== undefined && (hasAudio || hasVideo)) {
      state.view.show(stream);
      this.news.connected(participant, true);
      if (hasVideo && !state.told.hasVideo) this.news.tellVideo(participant);
      if (hasAudio && !state.told.hasAudio) this.news.tell(participant, 'OnAudio', [participant]);
    }
    state.told = { ...state.told, hasAudio, hasVideo };
    this.news.tellTalking(participant, stream.isTalking);
  }

  private ended(stream: RemoteStream): void {
    const participant = this.of(stream.participant, stream.sid);
    const state = participant[internal];
    if (state.wanted !== undefined) this.news.hungUp(participant, MESIBOCALL_HANGUP_REASON_REMOTE);
    state.view.show(undefined);
    this.news.tell(participant, 'OnPublisher', [participant, false]);
    this.context.listeners.notify('ParticipantUpdated', this.publishers(), participant);
  }

  private came(person: RoomParticipant): void {
    if (this.isSelf(person) || this.others.has(keyOf(person, 0)) || person.streams.length > 0) return;
    const participant = this.of(person, 0);
    this.news.tell(participant, 'OnSubscriber', [participant, true]);
    this.context.listeners.notify('Subscriber', participant);
  }

  private left(person: RoomParticipant): void {
    const participant = this.others.get(keyOf(person, 0));
    if (participant !== undefined) this.news.tell(participant, 'OnSubscriber', [participant, false]);
  }

  private subscribe(participant: MesiboParticipant): void {
    const { remote, wanted, isVisible, view } = participant[internal];
    remote?.subscribe({ audio: wanted?.audio ?? false, video: wanted?.video === true && isVisible });
    if (remote !== undefined && wanted === undefined) view.show(undefined);
    else if (remote !== undefined) this.changed(remote);
  }

  private ownChanged(stream: OwnStream): void {
    const participant = this.own.get(stream.sid);
    if (participant !== undefined) this.publishing.changed(participant, stream);
  }

  private ownEnded(stream: OwnStream): void {
    const participant = this.own.get(stream.sid);
    if (participant !== undefined && this.publishing.ended(participant, stream))
      callOn(this.adminListener, 'MesiboGroupcallAdmin_OnStopPublishing', [null, true, participant]);
  }

  private talking(): void {
    for (const participant of this.own.values()) {
      this.news.tellTalking(participant, participant[internal].own?.isTalking === true);
    }
  }

  private mediaUp(direction: 'publish' | 'view', isUp: boolean): void {
    this.isUp = { ...this.isUp, [direction]: isUp };
    const affected = direction === 'publish' ? this.own : this.others;
    for (const participant of affected.values()) {
      const { own, remote, wanted } = participant[internal];
      if (wanted !== undefined && (own ?? remote) !== undefined) this.news.connected(participant, isUp);
    }
  }

  private qualityChanged(direction: 'publish' | 'view', quality: RoomQuality): void {
    const affected = direction === 'publish' ? this.own : this.others;
    for (const participant of affected.values()) {
      if (participant[internal].wanted === undefined) continue;
      this.news.tellQuality(participant, { quality, level: qualityLevels[quality] });
    }
  }

  private asked(ask: RoomAsk, by: string): void {
    const { of } = ask;
    carryOutAsk(ask, {
      listener: this.adminListener,
      requester: [...this.others.values()].find((each) => each.getAddress() === by) ?? null,
      own: this.own.get(ask.sid ?? 0),
      target: of === undefined ? undefined : this.others.get(keyOf(of, of.sid)),
      publisher: (sid, isScreen) => this.publisher(sid, isScreen),
      unmute: (own, kinds) => this.mute(own, kinds),
    });
  }

  private over(room: Room, reason: RoomEndReason): void {
    if (this.room !== room) return;
    this.room = undefined;
    this.isWanted = false;
    const isByOthers = reason === 'removed' || reason === 'ended';
    if (isByOthers) callOn(this.adminListener, 'MesiboGroupcallAdmin_OnLeave', [null, true]);
    for (const participant of [...this.own.values(), ...this.others.values()]) {
      if (participant[internal].wanted !== undefined) this.news.hungUp(participant, hangupReasons[reason]);
      this.forget(participant);
    }
  }

  private forget(participant: MesiboParticipant): void {
    const state = participant[internal];
    state.view.show(undefined);
    Object.assign(state, { own: undefined, remote: undefined, wanted: undefined, isConnected: false });
  }

  private withCamera(
    participant: MesiboParticipant,
    choose: (client: Client, own: OwnStream) => Promise<string | undefined>,
    onChosen: () => void = () => {},
  ): void {
    const { client } = this;
    const { own } = participant[internal];
    if (client === undefined || own === undefined) return;
    choose(client, own)
      .then((id) => (id === undefined ? undefined : own.useCamera(id).then(onChosen)))
      .catch((error) => this.context.fail(error));
  }

  private tellParticipants(latest: MesiboParticipant[]): void {
    const all = this.publishers();
    this.context.listeners.notify('Participants', all, latest);
    this.context.listeners.notify('Participant', all, latest);
  }

  private of(person: RoomParticipant, sid: number): MesiboParticipant {
    const key = keyOf(person, sid);
    const known = this.others.get(key);
    if (known !== undefined) return known;
    const { uid, user: address, name } = person;
    const facts: ParticipantFacts = { uid, sid, address, name: name || address, isLocal: false };
    const participant = new MesiboParticipant(this.call, facts);
    this.others.set(key, participant);
    return participant;
  }

  private isSelf({ user, dev }: RoomParticipant): boolean {
    const self = this.client?.self;
    return self?.address === user && self.dev === dev;
  }
}

function keyOf({ user, dev }: { readonly user: string; readonly dev: number }, sid: number): string {
  return `${sid} ${dev} ${user}`;
}

const qualityLevels = { good: 3, fair: 2, poor: 1 } as const;
