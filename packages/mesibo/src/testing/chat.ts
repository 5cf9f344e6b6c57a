import { startTestNode, type TestNode, tempFolder } from '@stoa/testkit';
import { MESIBO_STATUS_ONLINE } from '../constants/connection.ts';
import { Mesibo } from '../mesibo.ts';
import type { MesiboProfile } from '../profiles/profile.ts';
import { Heard } from './heard.ts';

/** One user's application. */
export interface Party {
  readonly api: Mesibo;
  readonly heard: Heard;
  readonly address: string;
  readonly token: string;
}

/** What one party knows of the other. */
export function profileOf(party: Pick<Party, 'api'>, other: Party | string): MesiboProfile {
  const profile = party.api.getProfile(typeof other === 'string' ? other : other.address);
  if (profile === null) throw new Error('There is no such profile.');
  return profile;
}

/** Users of a real server and their applications. */
export class Chat {
  readonly server: TestNode;
  readonly #folder = tempFolder();
  readonly #tokens = new Map<string, string>();
  readonly #parties: Party[] = [];
  #pairs = 0;

  static async start(): Promise<Chat> {
    return new Chat(await startTestNode());
  }

  private constructor(server: TestNode) {
    this.server = server;
  }

  /** An application that is set up and not started. `database`: keeps messages under this name. */
  async prepare(address: string, database?: string): Promise<Party> {
    const party: Party = {
      api: new Mesibo(),
      heard: new Heard(),
      address,
      token: await this.#tokenOf(address),
    };
    party.api.setServer(this.server.url);
    party.api.setCredentials(party.token);
    party.api.setListener(party.heard);
    party.api.setPath(this.#folder.path);
    if (database !== undefined) party.api.setDatabase(database);
    this.#parties.push(party);
    return party;
  }

  /** The applications of two users whom no other test knows, online. */
  async pair(): Promise<[Party, Party]> {
    this.#pairs += 1;
    return [await this.signIn(`ann${this.#pairs}`), await this.signIn(`ben${this.#pairs}`)];
  }

  async signIn(address: string, database?: string): Promise<Party> {
    const party = await this.prepare(address, database);
    party.api.start();
    await party.heard.until(
      () => party.heard.connection.includes(MESIBO_STATUS_ONLINE),
      `${address} to be online`,
    );
    return party;
  }

  /** Ends all applications of a test. */
  signOutAll(): void {
    for (const { api } of this.#parties.splice(0)) api.stop();
  }

  async close(): Promise<void> {
    this.signOutAll();
    await this.server.close();
    this.#folder.remove();
  }

  /** Users are made once; a token is a user's, so databases of one user are his again. */
  async #tokenOf(address: string): Promise<string> {
    const known = this.#tokens.get(address);
    if (known !== undefined) return known;
    const { token } = await this.server.addUser(address);
    this.#tokens.set(address, token);
    return token;
  }
}
