import { ManualClock, until } from '@stoa/testkit';
import { onTestFinished } from 'vitest';
import type { Environment, EnvironmentChange } from '../environment.ts';
import { Client, type ClientOptions } from '../index.ts';
import type { ClientEvents } from '../types.ts';
import { type ScriptedConnection, ScriptedServer, startOfTime } from './scripted-server.ts';

type Recorded = { [K in keyof ClientEvents]: { name: K; args: ClientEvents[K] } }[keyof ClientEvents];

const names = [
  'status',
  'message',
  'update',
  'reaction',
  'removed',
  'blocked',
  'contact',
  'scheduled',
  'conversation',
  'presence',
  'group',
  'profile',
  'synced',
  'problem',
] as const;

/** An environment whose changes the test makes. */
class ScriptedEnvironment implements Environment {
  readonly #listeners = new Set<(change: EnvironmentChange) => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  subscribe(listener: (change: EnvironmentChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  change(change: EnvironmentChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}

/** A client with a clock that stands still, and everything that it told. */
export class TestClient {
  readonly client: Client;
  readonly clock = new ManualClock(startOfTime);
  readonly environment = new ScriptedEnvironment();
  readonly events: Recorded[] = [];
  readonly #looking = new Set<() => void>();

  constructor(options: Partial<ClientOptions> & { url: string }) {
    this.client = new Client({
      token: 'a token of a user',
      clock: this.clock,
      environment: this.environment,
      // No jitter: attempts come at the end of their interval.
      random: () => 0.999_999,
      ...options,
    });
    for (const name of names) {
      this.client.on(name, (...args: unknown[]) => {
        this.events.push({ name, args } as Recorded);
        for (const look of [...this.#looking]) look();
      });
    }
  }

  of<K extends keyof ClientEvents>(name: K): ClientEvents[K][] {
    return this.events.flatMap((event) => (event.name === name ? [event.args as ClientEvents[K]] : []));
  }

  /** Resolves when there have been so many events of this kind. */
  async count(name: keyof ClientEvents, count: number): Promise<void> {
    await this.until(() => this.of(name).length >= count, `${count} ${name} events`);
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const again = (look: () => void) => {
      this.#looking.add(look);
      return () => this.#looking.delete(look);
    };
    await until(condition, again, what);
  }

  status(state: string): Promise<void> {
    return this.until(() => this.client.status.state === state, `status ${state}`);
  }

  /** Texts of the `message` events, with their origin. */
  get texts(): string[] {
    return this.of('message').map(([message, origin]) => `${message.content?.text} ${origin}`);
  }

  /** The `update` events as `text before→after`. */
  get updates(): string[] {
    return this.of('update').map(([is, was]) => `${is.content?.text} ${was.status}→${is.status}`);
  }
}

export interface Scripted {
  readonly server: ScriptedServer;
  readonly test: TestClient;
  readonly client: Client;
}

/** A client and the server that the test plays. Both go at the end of the test, which fails if a frame was malformed. */
export async function scripted(options: Partial<ClientOptions> = {}): Promise<Scripted> {
  const server = await ScriptedServer.start();
  const test = new TestClient({ url: server.url, ...options });
  onTestFinished(async () => {
    await test.client.stop();
    await server.close();
    if (server.problems.length > 0) throw new AggregateError(server.problems, 'malformed frames');
  });
  return { server, test, client: test.client };
}

/** The same, signed in and with nothing to catch up. */
export async function online(
  options: Partial<ClientOptions> = {},
): Promise<Scripted & { connection: ScriptedConnection }> {
  const all = await scripted(options);
  await all.client.start();
  const connection = await all.server.connection();
  await connection.welcome();
  connection.send({ t: 'synced', position: 1 });
  await all.test.count('synced', 1);
  return { ...all, connection };
}
