import type {
  OperationName,
  RoomInfo,
  RoomNotice,
  RoomParticipant,
  RoomStream,
  StoaError,
} from '@stoa/protocol';
import { Events } from '../../events.ts';

export const camera: RoomStream = { sid: 0, source: 'camera', audio: 'on', video: 'on' };

export function person(user: string, streams: RoomStream[] = []): RoomParticipant {
  return { user, dev: 1, uid: user.length, name: user, joinedAt: 0, away: false, streams };
}

export function infoWith(...participants: RoomParticipant[]): RoomInfo {
  return {
    gid: 7,
    session: 'first',
    rev: 1,
    startedAt: 0,
    may: ['publish', 'subscribe', 'list'],
    limits: {
      participants: 9,
      height: 720,
      bitrate: 0,
      audio: true,
      video: true,
      screen: true,
      codecs: ['VP8'],
    },
    count: participants.length,
    participants,
  };
}

/** The server's side: what it was asked, and what it answers. */
export class FakeRoomServer {
  readonly events = new Events();
  readonly asked: { op: string; body: object }[] = [];
  room: RoomInfo = infoWith(person('alice'), person('bob', [camera]));
  offer: { version: number; sdp: string } | undefined;
  firstOffer = { version: 1, sdp: 'a0 v0' };
  /** What is waited for before an answer is taken. */
  beforeAnswer: Promise<void> | undefined;
  refusal: StoaError | undefined;
  mustWait = false;
  requests: { user: string; name: string; askedAt: number }[] = [];

  readonly ask = async (_name: string, op: OperationName, body: object): Promise<object> => {
    this.asked.push({ op, body });
    if (this.refusal !== undefined && op !== 'calls.servers') throw this.refusal;
    switch (op) {
      case 'rooms.join':
        return this.mustWait ? { joined: false } : { joined: true, room: this.room, pass: 'first pass' };
      case 'groups.requests.list':
        return { requests: this.requests };
      case 'rooms.get':
        return { room: this.room };
      case 'rooms.receive':
        return this.firstOffer;
      case 'rooms.answer':
        await this.beforeAnswer;
        return {};
      case 'rooms.watch':
        return this.offer === undefined ? {} : { offer: this.offer };
      case 'rooms.publish':
        return { sdp: 'answer' };
      case 'rooms.alive':
        return { rev: this.room.rev, count: 2_000, pass: 'second pass' };
      default:
        return op === 'calls.servers' ? { servers: [], seconds: 60 } : {};
    }
  };

  say(event: RoomNotice, session = 'first'): void {
    this.events.emit('roomSignal', { t: 'room', gid: 7, session, event });
  }

  of(op: OperationName): object[] {
    return this.asked.filter((each) => each.op === op).map(({ body }) => body);
  }
}
