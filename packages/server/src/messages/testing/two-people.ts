import { randomUUID } from 'node:crypto';
import { SocketClient, type TestNode, type TestUser } from '@stoa/testkit';

/** Alice and Bob, who have not written to each other yet, with as many devices as a test wants. */
export class TwoPeople {
  readonly alice: TestUser;
  readonly bob: TestUser;
  readonly #server: TestNode;
  readonly #suffix: string;
  readonly #open: SocketClient[] = [];
  readonly #bobs = new WeakSet<SocketClient>();
  #lastId = 0;

  static async meet(server: TestNode): Promise<TwoPeople> {
    const suffix = randomUUID();
    const [alice, bob] = [await server.addUser(`alice-${suffix}`), await server.addUser(`bob-${suffix}`)];
    return new TwoPeople(server, suffix, alice, bob);
  }

  private constructor(server: TestNode, suffix: string, alice: TestUser, bob: TestUser) {
    this.#server = server;
    this.#suffix = suffix;
    this.alice = alice;
    this.bob = bob;
  }

  /** A device of a third person. */
  async stranger(): Promise<SocketClient> {
    return this.signIn(await this.#server.addUser(`carol-${this.#suffix}`));
  }

  async signIn(user: TestUser, device?: string): Promise<SocketClient> {
    const client = await SocketClient.open(this.#server.url);
    this.#open.push(client);
    if (user === this.bob) this.#bobs.add(client);
    await client.hello(user.token, device === undefined ? {} : { device });
    return client;
  }

  /** Sends in the conversation of the two, or in a group; resolves to the answer. */
  async send(client: SocketClient, more: object) {
    const id = this.#begin(client, more);
    return client.next('sent', (sent) => sent.id === id);
  }

  /** Resolves to why the server does not take it. */
  async refused(client: SocketClient, more: object) {
    const id = this.#begin(client, more);
    return client.next('error', (error) => error.id === id);
  }

  /** Resolves to the body of the answer. */
  async ask(client: SocketClient, op: string, body: object) {
    const id = ++this.#lastId;
    client.send({ t: 'request', id, op, body });
    return (await client.next('response', (response) => response.id === id)).body;
  }

  async historyOf(client: SocketClient, part: object = {}) {
    client.send({ t: 'history', id: 1, peer: this.#peerOf(client), limit: 100, ...part });
    return (await client.next('page')).messages;
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((client) => client.close()));
  }

  #begin(client: SocketClient, more: object): number {
    const id = ++this.#lastId;
    client.send({ t: 'send', id, ...('gid' in more ? {} : { peer: this.#peerOf(client) }), ...more });
    return id;
  }

  #peerOf(client: SocketClient): string {
    return this.#bobs.has(client) ? this.alice.address : this.bob.address;
  }
}
