import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type Conditions, Path } from './path.ts';

type Send = () => void;

/** What is under way in one direction. */
class Direction {
  readonly #path: Path;
  #queue: { readonly at: number; readonly send: Send }[] = [];
  #timer: NodeJS.Timeout | undefined;
  passed = 0;
  lost = 0;

  constructor(seed: number) {
    this.#path = new Path(seed);
  }

  set conditions(conditions: Conditions) {
    this.#path.conditions = conditions;
  }

  take(bytes: number, send: Send): void {
    const now = performance.now();
    const at = this.#path.arrival(bytes, now);
    if (at === undefined) {
      this.lost += 1;
      return;
    }
    this.passed += 1;
    if (at <= now && this.#queue.length === 0) {
      send();
      return;
    }
    this.#queue.push({ at, send });
    this.#timer ??= setTimeout(() => this.#release(), at - now);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#queue = [];
  }

  #release(): void {
    const now = performance.now();
    const due = this.#queue.findIndex(({ at }) => at > now);
    const leaving = this.#queue.splice(0, due < 0 ? this.#queue.length : due);
    for (const { send } of leaving) send();
    const [next] = this.#queue;
    this.#timer = next && setTimeout(() => this.#release(), Math.max(0, next.at - now));
  }
}

/**
 * A bad network between a client and the media plane: UDP goes through a port of its own, with loss, delay, jitter, a
 * bottleneck or a cut in each direction. The same seed loses the same packets.
 *
 * @example
 * const link = await ImpairedLink.open();
 * link.set({ loss: 0.1 });                     // both directions
 * const answer = await link.through(sdp);      // the server's SDP, as the client is to get it
 * const offer = ImpairedLink.hide(clientSdp);  // the client's, so that the server knows no way around the link
 */
export class ImpairedLink {
  readonly #front: Socket;
  readonly #up: Direction;
  readonly #down: Direction;
  /** A socket towards the server for each address of the client. */
  readonly #backs = new Map<string, Socket>();
  #target: { readonly ip: string; readonly port: number } | undefined;

  static async open(seed = 1): Promise<ImpairedLink> {
    const front = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
    front.bind(0, '127.0.0.1');
    await once(front, 'listening');
    return new ImpairedLink(front, seed);
  }

  private constructor(front: Socket, seed: number) {
    this.#front = front;
    this.#up = new Direction(seed);
    this.#down = new Direction(seed + 1);
    front.on('message', (packet, { address, port }) => this.#fromClient(packet, address, port));
    // The browser has closed a port that something was on its way to.
    front.on('error', () => {});
  }

  /** What the network is like from now on, in both directions; or to the client (`down`) and from it (`up`). */
  set(conditions: Conditions | { readonly up: Conditions; readonly down: Conditions }): void {
    const { up, down } = 'up' in conditions ? conditions : { up: conditions, down: conditions };
    this.#up.conditions = up;
    this.#down.conditions = down;
  }

  /** Packets that have passed, and that were lost, towards the client. */
  get down(): { readonly passed: number; readonly lost: number } {
    const { passed, lost } = this.#down;
    return { passed, lost };
  }

  /** A description of the server in which it is at this link; all that is sent there goes to the server. */
  through(sdp: string): string {
    const [, ip, port] = /^a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) /im.exec(sdp) ?? [];
    if (ip === undefined) throw new Error('The SDP has no candidate.');
    this.#target = { ip, port: Number(port) };
    const { address, port: own } = this.#front.address() as AddressInfo;
    const candidate = `a=candidate:1 1 UDP 2114977791 ${address} ${own} typ host\r\n`;
    // One in each section, as there were.
    return ImpairedLink.hide(sdp).replace(/^a=ice-pwd:.*\r\n/gm, (line) => line + candidate);
  }

  /** A description without addresses: its other side finds out where packets come from. */
  static hide(sdp: string): string {
    return sdp.replace(/^a=candidate:.*\r\n/gm, '');
  }

  close(): void {
    this.#up.close();
    this.#down.close();
    for (const socket of [this.#front, ...this.#backs.values()]) socket.close();
    this.#backs.clear();
  }

  #fromClient(packet: Buffer, address: string, port: number): void {
    const target = this.#target;
    if (target === undefined) return;
    const back = this.#backTo(address, port);
    this.#up.take(packet.length, () => back.send(packet, target.port, target.ip));
  }

  #backTo(address: string, port: number): Socket {
    const key = `${address} ${port}`;
    const known = this.#backs.get(key);
    if (known !== undefined) return known;
    const back = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
    back.on('message', (packet) =>
      this.#down.take(packet.length, () => this.#front.send(packet, port, address)),
    );
    back.on('error', () => {});
    this.#backs.set(key, back);
    return back;
  }
}
