import type { CallNotice, CallRequest } from '@stoa/protocol';
import type { ScriptedConnection } from '../../testing/scripted-server.ts';
import { online, type Scripted } from '../../testing/test-client.ts';
import type { Call } from '../call.ts';
import { FakePlatform } from './fake-platform.ts';

type RequestOf<Type extends CallRequest['type']> = Extract<CallRequest, { type: Type }>;

export interface Scene extends Scripted {
  readonly connection: ScriptedConnection;
  readonly platform: FakePlatform;
  readonly calls: Call[];
}

interface SceneSettings {
  readonly waiting?: boolean;
  readonly platform?: FakePlatform;
  /** False: the test answers when the client asks for servers. */
  readonly hasServers?: boolean;
}

/** A client with a connection to a server that the test plays, in a browser that it plays, too. */
export async function scene({ hasServers = true, ...settings }: SceneSettings = {}): Promise<Scene> {
  const platform = settings.platform ?? new FakePlatform();
  const all = await online({ calls: { ...settings, platform } });
  if (hasServers) answerServers(all.connection);
  const calls: Call[] = [];
  all.client.on('call', (call) => calls.push(call));
  return { ...all, platform, calls };
}

/** When the client asks for servers, it gets none. */
export function answerServers(connection: ScriptedConnection, height?: number): void {
  connection
    .next('request', ({ op }) => op === 'calls.servers')
    .then(({ id }) => tellServers(connection, id, height))
    .catch(() => {});
}

export function tellServers(connection: ScriptedConnection, id: number, height?: number): void {
  const body = { servers: [], seconds: 3_600, ...(height === undefined ? {} : { height }) };
  connection.send({ t: 'response', id, body });
}

export function tell(connection: ScriptedConnection, call: string, event: CallNotice): void {
  connection.send({ t: 'call', call, event });
}

/** Resolves to the next event of this type that the client says. */
export async function said<Type extends CallRequest['type']>(
  connection: ScriptedConnection,
  type: Type,
): Promise<{ call: string; event: RequestOf<Type> }> {
  const { call, event } = await connection.next('call', ({ event }) => event.type === type);
  return { call, event: event as RequestOf<Type> };
}

export function incoming(from: string): CallNotice {
  return { type: 'incoming', from, name: from, video: false, ms: 60_000, sdp: 'v=0\r\noffer' };
}
