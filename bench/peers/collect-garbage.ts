/**
 * Loaded into every server under test: on SIGUSR2 it collects garbage, so that memory that is only not yet free does
 * not count. All servers are treated alike.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

process.on('SIGUSR2', () => {
  collect();
  collect();
  console.log('garbage collected');
});
