/** `npm run bench -- <name> [options]` */
import { messagingBench } from './messaging.ts';

const [name, ...args] = process.argv.slice(2);
if (name === 'messaging') await messagingBench(args);
else {
  console.error(
    'usage: npm run bench -- messaging [--pairs N] [--messages N] [--window N] [--rounds N] [--json]',
  );
  process.exitCode = 2;
}
