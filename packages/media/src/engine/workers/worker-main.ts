/** A media worker: an engine of its own in a process of its own, which its server asks by messages. */
import { StoaError } from '@stoa/protocol';
import { LocalEngine } from '../local-engine.ts';
import type { FromWorker, ToWorker } from './messages.ts';

let engine: LocalEngine | undefined;

process.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'start':
      engine = new LocalEngine(message.connections);
      engine.onEvent((event) => tell({ type: 'event', event }));
      return;
    case 'ping':
      tell({ type: 'pong' });
      return;
    case 'call':
      void answer(message);
  }
});

// A worker without a server forwards for nobody. What ends the server, ends it too, but by this.
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});

async function answer({ id, name, args }: Extract<ToWorker, { type: 'call' }>): Promise<void> {
  try {
    if (engine === undefined) throw new StoaError('UNAVAILABLE', 'The media worker has not started.');
    const command = engine[name] as (...args: readonly unknown[]) => Promise<unknown>;
    tell({ type: 'result', id, value: await command.apply(engine, [...args]) });
  } catch (error) {
    const { code, message, hint } =
      error instanceof StoaError ? error : new StoaError('INTERNAL', String(error));
    tell({ type: 'failure', id, code, message, hint });
  }
}

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}
