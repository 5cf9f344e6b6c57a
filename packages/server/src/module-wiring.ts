import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Directory } from './directory/index.ts';
import type { BackendGroupMessage } from './groups/index.ts';
import type { BackendMessage } from './messages/index.ts';
import { isContent, ModuleHost, Modules, type OutgoingMessage } from './modules/index.ts';
import type { Settings } from './settings/index.ts';

/** How modules send: past themselves. */
export interface ModuleSending {
  readonly send: (message: BackendMessage) => Promise<{ readonly mid: number }>;
  readonly sendToGroup: (message: BackendGroupMessage) => Promise<{ readonly mid: number }>;
}

export interface ModuleWiringOptions {
  readonly settings: Pick<Settings, 'modules' | 'moduleSeconds' | 'moduleMegabytes'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly directory: Directory;
  /** Called only when messages are there. */
  readonly sending: () => ModuleSending;
  readonly onError: (error: unknown) => void;
}

/**
 * Loads the modules of the operator, and joins them with the rest of a node.
 *
 * @throws Error when one cannot be loaded
 */
export async function startModules({
  settings,
  directory,
  sending,
  onError,
  ...common
}: ModuleWiringOptions) {
  const send = (message: OutgoingMessage & { readonly id?: number | null }): Promise<{ mid: number }> => {
    const { to, gid, ...rest } = message;
    if (gid !== undefined) return sending().sendToGroup({ ...rest, gid });
    return sending().send({ ...rest, to: to ?? '' });
  };
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      name.startsWith('STOA_MODULE_') && value !== undefined ? [[name, value]] : [],
    ),
  );
  const hosts = settings.modules.map(
    (path) =>
      new ModuleHost({
        ...common,
        path: resolve(path),
        timeoutMs: settings.moduleSeconds * 1_000,
        megabytes: settings.moduleMegabytes,
        env,
        send: async (message) => send(checked(message)),
      }),
  );
  const modules = new Modules({ hosts, send, onError });
  try {
    await Promise.all(hosts.map((host) => host.start()));
  } catch (error) {
    await modules.close();
    throw error;
  }
  modules.loaded();
  return {
    modules,
    /** A user has come to this node, or left it. */
    login(uid: number, online: boolean): void {
      if (!modules.followsLogins) return;
      Promise.resolve(directory.byUid(uid)).then((person) => {
        if (person === undefined) return;
        const { aid, address } = person;
        modules.login({ aid, uid, address, online });
      }, onError);
    },
  };
}

/** @throws Error for what is no message */
function checked(message: unknown): OutgoingMessage {
  const { aid, from, to, gid, content, type, flags, expiry } = message as Partial<
    Record<keyof OutgoingMessage, unknown>
  >;
  const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
  if (!isNumber(aid) || typeof from !== 'string' || !isContent(content)) {
    throw new Error('A message needs "aid", "from" and "content".');
  }
  if (typeof to !== 'string' && !isNumber(gid)) throw new Error('A message needs "to" or "gid".');
  return {
    aid,
    from,
    content,
    ...(isNumber(gid) ? { gid } : { to: String(to) }),
    ...(isNumber(type) ? { type } : {}),
    ...(isNumber(flags) ? { flags } : {}),
    ...(isNumber(expiry) ? { expiry } : {}),
  };
}
