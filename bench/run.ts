/** `npm run bench -- <name> [options]` */
import { messagingBench } from './messaging.ts';

// Ending in order removes what servers under test have written.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const [name, ...args] = process.argv.slice(2);
try {
  if (name !== 'messaging') throw new Error('usage: npm run bench -- messaging [--help]');
  await messagingBench(args);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
