/** A process that does nothing but start a busy child, when it is told to `begin`, and let it go when it is told to `end`. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

let child: ChildProcess | undefined;

process.on('message', async (word) => {
  if (word === 'begin') {
    child = fork(fileURLToPath(new URL('./busy-process.ts', import.meta.url)), ['300']);
    await once(child, 'message');
  } else if (child !== undefined) {
    child.disconnect();
    await once(child, 'exit');
  }
  process.send?.('done');
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
