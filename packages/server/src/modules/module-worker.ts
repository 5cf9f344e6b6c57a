/** The thread in which one module runs. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ModuleContext, StoaModule } from './public.ts';
import { type FromModule, hooks, type ToModule } from './worker-messages.ts';

const port = parentPort;
if (port === null) throw new Error('This file is the thread of a module.');

const say = (message: FromModule): void => port.postMessage(message);
const textOf = (error: unknown): string =>
  (error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, 2_000);

/** Messages that are being sent, by number. */
const sending = new Map<number, { resolve(sent: { mid: number }): void; reject(error: Error): void }>();
let sends = 0;

const context: ModuleContext = {
  send(message) {
    sends += 1;
    const id = sends;
    return new Promise((resolve, reject) => {
      sending.set(id, { resolve, reject });
      say({ type: 'send', id, message });
    });
  },
  log: (text) => say({ type: 'log', text: String(text).slice(0, 2_000) }),
  env: process.env,
};

async function load(): Promise<StoaModule> {
  const exported = (await import(workerData.url)) as { module?: unknown; default?: unknown };
  const module = exported.module ?? exported.default;
  if (typeof module !== 'object' || module === null) {
    throw new Error('The file must export an object "module": export const module = defineModule({ … }).');
  }
  return module;
}

function serve(module: StoaModule): void {
  port?.on('message', (message: ToModule) => {
    if (message.type === 'ping') return say({ type: 'pong' });
    if (message.type === 'sent') {
      const waiting = sending.get(message.id);
      sending.delete(message.id);
      if (message.mid === undefined) waiting?.reject(new Error(message.error));
      else waiting?.resolve({ mid: message.mid });
      return;
    }
    const { id, hook, argument } = message;
    const run = async (): Promise<void> => {
      try {
        const call = module[hook] as ((argument: unknown, context: ModuleContext) => unknown) | undefined;
        const result = await call?.call(module, argument, context);
        if (id !== null) say({ type: 'result', id, result });
      } catch (error) {
        say({ type: 'failed', id, hook, error: textOf(error) });
      }
    };
    run();
  });
}

try {
  const module = await load();
  serve(module);
  say({
    type: 'ready',
    module: {
      name: module.name,
      onFailure: module.onFailure === 'refuse' ? 'refuse' : 'pass',
      hooks: hooks.filter((hook) => typeof module[hook] === 'function'),
    },
  });
} catch (error) {
  say({ type: 'unloadable', error: textOf(error) });
}
