import { randomBytes } from 'node:crypto';
import { TestPublisher, TestViewer, untilUp } from '@stoa/media/testing';
import type {
  OperationName,
  OperationRequest,
  OperationResponse,
  RoomInfo,
  RoomNotice,
  RoomNoticeFrame,
} from '@stoa/protocol';
import { SocketClient, type TestNode, type TestUser } from '@stoa/testkit';

type NoticeOf<Type extends RoomNotice['type']> = Extract<RoomNotice, { type: Type }>;

const camera = [
  { mid: '0', kind: 'microphone', name: '0-audio' },
  { mid: '1', kind: 'camera', name: '0-video' },
] as const;

/** A device with real media in the room of a group. */
export class RoomDevice {
  readonly user: TestUser;
  readonly device: string;
  readonly gid: number;
  readonly socket: SocketClient;
  readonly #media: { close(): void }[] = [];
  readonly #ids: { last: number };

  private constructor(options: Pick<RoomDevice, 'user' | 'device' | 'gid' | 'socket'>, ids = { last: 0 }) {
    this.user = options.user;
    this.device = options.device;
    this.gid = options.gid;
    this.socket = options.socket;
    this.#ids = ids;
  }

  static async open(
    node: TestNode,
    user: TestUser,
    gid: number,
    device = randomBytes(16).toString('hex'),
  ): Promise<RoomDevice> {
    const socket = await SocketClient.open(node.url);
    await socket.hello(user.token, { device });
    await socket.next('synced');
    return new RoomDevice({ user, device, gid, socket });
  }

  get address(): string {
    return this.user.address;
  }

  /** The same device in the room of another group. */
  in(gid: number): RoomDevice {
    const { user, device, socket } = this;
    return new RoomDevice({ user, device, gid, socket }, this.#ids);
  }

  /** @throws the `error` frame when it is refused */
  async ask<Name extends OperationName>(
    op: Name,
    body: OperationRequest<Name>,
  ): Promise<OperationResponse<Name>> {
    this.#ids.last += 1;
    const id = this.#ids.last;
    this.socket.send({ t: 'request', id, op, body });
    const answer = await Promise.race([
      this.socket.next('response', (frame) => frame.id === id),
      this.socket.next('error', (frame) => frame.id === id && frame.of === 'request').catch(() => undefined),
    ]);
    if (answer?.t !== 'response') throw answer;
    return answer.body as OperationResponse<Name>;
  }

  /** The code with which it is refused; undefined when it is not. */
  async refused<Name extends OperationName>(
    op: Name,
    body: OperationRequest<Name>,
  ): Promise<string | undefined> {
    try {
      await this.ask(op, body);
      return undefined;
    } catch (error) {
      return (error as { code: string }).code;
    }
  }

  async join(pin?: number): Promise<RoomInfo> {
    const { room } = await this.ask('rooms.join', {
      gid: this.gid,
      ...(pin === undefined ? {} : { pin }),
    });
    if (room === undefined) throw new Error('it has to be let in');
    return room;
  }

  /** Publishes a microphone and a camera, and sends packets of both until it is closed. */
  async publish(): Promise<TestPublisher> {
    const publisher = await untilUp(async () => {
      const opened = await TestPublisher.open(camera);
      this.#media.push(opened);
      const { sdp } = await this.ask('rooms.publish', {
        gid: this.gid,
        sdp: opened.offer.sdp,
        streams: [{ sid: 0, source: 'camera', audio: '0', video: '1' }],
      });
      opened.accept(sdp ?? '');
      return opened;
    });
    publisher.start();
    return publisher;
  }

  /** Is sent the sound of all others, and the pictures of these. */
  async watch(...users: readonly RoomDevice[]): Promise<TestViewer> {
    const { gid } = this;
    const self = await Promise.all(users.map((user) => this.#deviceOf(user.address)));
    const streams = self.map((of) => ({ ...of, sid: 0, audio: true, video: true, height: 720 }));
    await this.ask('rooms.watch', { gid, streams, others: true });
    return untilUp(async () => {
      const offer = await this.ask('rooms.receive', { gid });
      const viewer = await TestViewer.open(offer);
      this.#media.push(viewer);
      await this.ask('rooms.answer', { gid, ...viewer.answer(offer) });
      return viewer;
    });
  }

  async told<Type extends RoomNotice['type']>(
    type: Type,
    matches: (event: NoticeOf<Type>) => boolean = () => true,
  ): Promise<NoticeOf<Type>> {
    const frame: RoomNoticeFrame = await this.socket.next(
      'room',
      ({ event }) => event.type === type && matches(event as NoticeOf<Type>),
    );
    return frame.event as NoticeOf<Type>;
  }

  async close(): Promise<void> {
    for (const each of this.#media) each.close();
    await this.socket.close();
  }

  async #deviceOf(user: string): Promise<{ user: string; dev: number }> {
    const { room } = await this.ask('rooms.get', { gid: this.gid });
    const found = room?.participants.find((each) => each.user === user);
    if (found === undefined) throw new Error(`${user} is not in the room`);
    return { user, dev: found.dev };
  }
}
