import { randomBytes } from 'node:crypto';
import type {
  GroupNoticeFrame,
  MessageFrame,
  OperationName,
  OperationRequest,
  OperationResponse,
} from '@stoa/protocol';
import { SocketClient, type TestNode, type TestUser } from '@stoa/testkit';

/** A device of a user that speaks of groups, and acknowledges what it is sent when it is told to. */
export class GroupClient {
  readonly user: TestUser;
  readonly device: string;
  readonly socket: SocketClient;
  #ids = 0;

  private constructor(user: TestUser, device: string, socket: SocketClient) {
    this.user = user;
    this.device = device;
    this.socket = socket;
  }

  static async open(
    node: TestNode,
    user: TestUser,
    device = randomBytes(16).toString('hex'),
  ): Promise<GroupClient> {
    const socket = await SocketClient.open(node.url);
    await socket.hello(user.token, { device });
    await socket.next('synced');
    return new GroupClient(user, device, socket);
  }

  get address(): string {
    return this.user.address;
  }

  /** @throws the `error` frame when it is refused */
  async ask<Name extends OperationName>(
    op: Name,
    body: OperationRequest<Name>,
  ): Promise<OperationResponse<Name>> {
    const id = this.#nextId();
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

  /** Sends a text; resolves to `sent`, or the code with which it is refused. */
  async say(gid: number, text: string, more: object = {}): Promise<{ seq: number; conv: number } | string> {
    const id = this.#nextId();
    this.socket.send({ t: 'send', id, gid, content: { text }, ...more });
    const answer = await Promise.race([
      this.socket.next('sent', (frame) => frame.id === id),
      this.socket.next('error', (frame) => frame.id === id && frame.of === 'send').catch(() => undefined),
    ]);
    if (answer === undefined) throw new Error('no answer');
    return answer.t === 'sent' ? answer : answer.code;
  }

  heard(text: string): Promise<MessageFrame> {
    return this.socket.next('message', ({ content }) => content?.text === text);
  }

  told(event: GroupNoticeFrame['event']): Promise<GroupNoticeFrame> {
    return this.socket.next('group', (frame) => frame.event === event);
  }

  /** Texts of messages that came and were not waited for. */
  get unheard(): (string | undefined)[] {
    return this.socket.frames.flatMap((frame) => (frame.t === 'message' ? [frame.content?.text] : []));
  }

  /** Resolves when everything that was sent to it before has come. */
  async quiet(): Promise<void> {
    this.socket.send({ t: 'ping' });
    await this.socket.next('pong');
  }

  #nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }
}
