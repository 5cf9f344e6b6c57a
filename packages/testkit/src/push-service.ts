import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';

/** What came, decrypted. */
export interface Pushed {
  readonly headers: IncomingHttpHeaders;
  readonly at: number;
  readonly data: Record<string, unknown>;
}

/** A device that is not connected, and the push service that it uses: it takes a note as the real ones would. */
export class PushService {
  readonly #pair: ECDH = createECDH('prime256v1');
  readonly #auth = randomBytes(16);
  readonly #server: Server;
  /** Statuses of the next answers; then 201. */
  readonly answers: number[] = [];
  /** Seconds that it asks for when an answer is an error. */
  retryAfter = 0;
  readonly pushed: Pushed[] = [];

  constructor(now: () => number = Date.now) {
    this.#pair.generateKeys();
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      this.pushed.push({ headers: request.headers, at: now(), data: this.#decrypt(Buffer.concat(chunks)) });
      const status = this.answers.shift() ?? 201;
      const wait = status < 400 || this.retryAfter === 0 ? {} : { 'retry-after': String(this.retryAfter) };
      response.writeHead(status, wait).end();
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get origin(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  get subscription() {
    const p256dh = this.#pair.getPublicKey('base64url', 'uncompressed');
    return { endpoint: `${this.origin}/device`, p256dh, auth: this.#auth.toString('base64url') };
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #decrypt(body: Buffer): Record<string, unknown> {
    const [salt, sender, sealed] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)];
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#pair.getPublicKey(), sender]);
    const derive = (key: Uint8Array, salt: Uint8Array, info: string | Uint8Array, length: number) =>
      new Uint8Array(hkdfSync('sha256', key, salt, info, length));
    const key = derive(this.#pair.computeSecret(sender), this.#auth, info, 32);
    const decipher = createDecipheriv(
      'aes-128-gcm',
      derive(key, salt, 'Content-Encoding: aes128gcm\0', 16),
      derive(key, salt, 'Content-Encoding: nonce\0', 12),
    );
    decipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    return JSON.parse(plain.subarray(0, plain.lastIndexOf(2)).toString());
  }
}
