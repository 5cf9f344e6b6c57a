/** `npm run bench -- <name> [options]` */
import { callsBench } from './calls/index.ts';
import { mediaBench } from './media/index.ts';
import { messagingBench } from './messaging.ts';
import { networksBench } from './networks/index.ts';
import { roomsBench } from './rooms/index.ts';

// Ending in order removes what servers under test have written.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const [name, ...args] = process.argv.slice(2);
try {
  const benches = new Map<string, (args: readonly string[]) => Promise<void>>([
    ['messaging', (args) => messagingBench(args, 'messaging')],
    ['groups', (args) => messagingBench(args, 'groups')],
    ['calls', callsBench],
    ['media', mediaBench],
    ['networks', networksBench],
    ['rooms', roomsBench],
  ]);
  const bench = benches.get(name ?? '');
  if (bench === undefined)
    throw new Error(`usage: npm run bench -- ${[...benches.keys()].join('|')} [--help]`);
  await bench(args);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
