import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** What a connection of any kind can do. */
interface Connection {
  send(data: string | Uint8Array): void;
  close(): void;
}

/** The class `Socket` of mesibo's script API: `sock:` and `socks:` (TLS) are streams, `ws:` and `wss:` WebSockets. */
export class ScriptSocket {
  url = '';
  keepalive = 0;
  verify_host = true;
  onconnect: (() => unknown) | undefined;
  ondata: ((data: Uint8Array | string) => unknown) | undefined;
  onwrite: (() => unknown) | undefined;
  onclose: (() => unknown) | undefined;
  readonly #defer: (error: unknown) => void;
  #connection: Connection | undefined;

  constructor(defer: (error: unknown) => void) {
    this.#defer = defer;
  }

  /** False when the address is none. */
  open(): boolean {
    const url = URL.parse(this.url);
    if (url === null) return false;
    if (url.protocol === 'ws:' || url.protocol === 'wss:') this.#connection = this.#openWebSocket(url);
    else if (url.protocol === 'sock:' || url.protocol === 'socks:') this.#connection = this.#openStream(url);
    else return false;
    return true;
  }

  send(data: string | Uint8Array): boolean {
    this.#connection?.send(data);
    return this.#connection !== undefined;
  }

  close(): void {
    this.#connection?.close();
  }

  #openStream({ protocol, hostname: host, port: portText }: URL): Connection {
    const port = Number(portText);
    const rejectUnauthorized = this.verify_host;
    const socket: Socket =
      protocol === 'sock:'
        ? connectTcp({ host, port })
        : connectTls({ host, port, servername: host, rejectUnauthorized });
    if (this.keepalive > 0) socket.setKeepAlive(true, this.keepalive * 1000);
    socket.on(protocol === 'sock:' ? 'connect' : 'secureConnect', () => this.#call(() => this.onconnect?.()));
    socket.on('data', (data: Buffer) => this.#call(() => this.ondata?.(new Uint8Array(data))));
    socket.on('error', () => {});
    socket.on('close', () => this.#closed());
    return {
      send: (data) => {
        socket.write(data, () => this.#call(() => this.onwrite?.()));
      },
      close: () => socket.end(),
    };
  }

  #openWebSocket(url: URL): Connection {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => this.#call(() => this.onconnect?.()));
    socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
      this.#call(() => this.ondata?.(typeof data === 'string' ? data : new Uint8Array(data)));
    });
    socket.addEventListener('close', () => this.#closed());
    return {
      send: (data) => {
        socket.send(typeof data === 'string' ? data : new Uint8Array(data));
        this.#call(() => this.onwrite?.());
      },
      close: () => socket.close(),
    };
  }

  #closed(): void {
    this.#connection = undefined;
    this.#call(() => this.onclose?.());
  }

  #call(handler: () => unknown): void {
    try {
      handler();
    } catch (error) {
      this.#defer(error);
    }
  }
}
