/**
 * `npm run soak -- --minutes N`: the crash test with ever new seeds. Says for each run what it did and, when something
 * was lost, repeated or out of order, what it was and how to do it again.
 */
import { parseArgs } from 'node:util';
import { run } from '../e2e/crash/run.ts';
import { oneNode } from '../e2e/crash/topology.ts';
import { nodesOnPostgres, startServices } from '../e2e/crash/two-nodes.ts';
import type { Report } from '../e2e/crash/world.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    /** The first seed; the next runs take the ones after it. Default: by the time of day. */
    seed: { type: 'string' },
    runs: { type: 'string' },
    /** Commands in one run. */
    length: { type: 'string', default: '200' },
    nodes: { type: 'string', default: '1' },
    /** sqlite or postgres; several nodes need the latter. */
    store: { type: 'string' },
    /** A node that is killed loses its power, and what it has not synced. */
    power: { type: 'boolean', default: false },
  },
});

const minutes = values.minutes ?? (values.runs === undefined ? 1 : Number.POSITIVE_INFINITY);
const end = Date.now() + Number(minutes) * 60_000;
const first = Number(values.seed ?? Date.now() % 1_000_000_000);
const runs = Number(values.runs ?? Number.POSITIVE_INFINITY);
const length = Number(values.length);
const nodes = Number(values.nodes);
const store = values.store ?? (nodes > 1 ? 'postgres' : 'sqlite');
if ((store !== 'sqlite' && store !== 'postgres') || (store === 'sqlite' && nodes !== 1)) {
  console.error('--store is sqlite or postgres, and several nodes need postgres');
  process.exit(2);
}
const services = store === 'postgres' ? await startServices() : undefined;
const topology =
  services === undefined ? oneNode(values.power ? { power: 'lost' } : {}) : nodesOnPostgres(services, nodes);
const totals = { runs: 0, failed: 0, kept: 0, nodeRestarts: 0, serviceRestarts: 0, deviceCrashes: 0 };

for (let seed = first; totals.runs < runs && Date.now() < end; seed++) {
  const began = Date.now();
  const report = await run({ seed, topology, length, settleMs: 60_000 }).catch(couldNotBeDone);
  const { problems, kept, nodeRestarts, serviceRestarts, deviceCrashes, reopened } = report;
  totals.runs += 1;
  totals.kept += kept;
  totals.nodeRestarts += nodeRestarts;
  totals.serviceRestarts += serviceRestarts;
  totals.deviceCrashes += deviceCrashes;
  console.log(
    `seed ${seed}: ${kept} messages, ${nodeRestarts} restarts of nodes, ${serviceRestarts} of services, ${deviceCrashes} crashes and ` +
      `${reopened} returns of devices, ${((Date.now() - began) / 1000).toFixed(1)} s`,
  );
  if (problems.length === 0) continue;
  totals.failed += 1;
  for (const problem of problems.slice(0, 20)) console.log(`  ${problem.slice(0, 500)}`);
  if (problems.length > 20) console.log(`  and ${problems.length - 20} more`);
  const where = `--nodes ${nodes} --store ${store}${values.power ? ' --power' : ''}`;
  console.log(`  again: npm run soak -- --seed ${seed} --runs 1 --length ${length} ${where}`);
}

console.log(
  `${totals.runs} runs, ${totals.failed} failed: ${totals.kept} messages, ${totals.nodeRestarts} restarts of nodes, ` +
    `${totals.serviceRestarts} of services, ${totals.deviceCrashes} crashes of devices`,
);
await services?.close();

process.exitCode = totals.failed === 0 ? 0 : 1;

function couldNotBeDone(error: unknown): Report {
  const counts = {
    kept: 0,
    acknowledged: 0,
    nodeRestarts: 0,
    serviceRestarts: 0,
    deviceCrashes: 0,
    reopened: 0,
  };
  return { problems: [`the run could not be done: ${String(error)}`], ...counts };
}
