/**
 * `npm run fuzz -- --minutes N`: gives the code that reads what strangers send ever new inputs, made of what browsers
 * send. What makes it fail is written to scripts/fuzz/corpus, from where the tests take it.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Random } from './fuzz/random.ts';
import { corpusOf, type Failure, inputsOf } from './fuzz/session.ts';
import { shorten } from './fuzz/shorten.ts';
import { targets } from './fuzz/targets/index.ts';
import { lengthOf, type Task, type Told } from './fuzz/task.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    /** One of them; by default all, one after the other. */
    target: { type: 'string' },
    /** Of the first session of each target. Default: by the time of day. */
    seed: { type: 'string' },
  },
});

const names = values.target === undefined ? Object.keys(targets) : [values.target];
const unknown = names.find((name) => targets[name] === undefined);
if (unknown !== undefined || !(Number(values.minutes) > 0)) {
  console.error(
    `usage: npm run fuzz -- [--minutes N] [--target ${Object.keys(targets).join('|')}] [--seed N]`,
  );
  process.exit(2);
}
const seed = Number(values.seed ?? 1 + (Date.now() % 1_000_000_000));
const eachMs = (Number(values.minutes) * 60_000) / names.length;
/** An input that takes longer hangs. */
const hangMs = 5000;

let failures = 0;
for (const name of names) {
  const startedAt = Date.now();
  const endsAt = startedAt + eachMs;
  let inputs = 0;
  let next = seed;
  while (Date.now() < endsAt) {
    const ran = await runWorker(name, next, endsAt);
    inputs += ran.inputs;
    next = ran.nextSeed;
  }
  const seconds = (Date.now() - startedAt) / 1000;
  console.log(
    `${name}: ${inputs} inputs in ${seconds.toFixed(0)} s, ${(inputs / seconds).toFixed(0)} a second, ` +
      `${next - seed} sessions from seed ${seed}`,
  );
}
console.log(failures === 0 ? 'nothing failed' : `${failures} failures`);
process.exitCode = failures === 0 ? 0 : 1;

/** Runs sessions until the time is over or one hangs. */
async function runWorker(target: string, first: number, endsAt: number) {
  const progress = new SharedArrayBuffer(8);
  const shown = new Int32Array(progress);
  const workerData: Task = { target, seed: first, endsAt, progress };
  const worker = new Worker(new URL('fuzz/worker.ts', import.meta.url), { workerData });
  const over = new Promise<{ inputs: number; nextSeed: number }>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', (told: Told) => {
      if (told.type === 'done') resolve(told);
      else report(target, told.seed, told.failure);
    });
    let seen = '';
    let since = Date.now();
    const watch = setInterval(() => {
      const [current = 0, given = 0] = shown;
      const now = `${current} ${given}`;
      if (now !== seen) since = Date.now();
      seen = now;
      if (Date.now() - since < hangMs || given === 0) return;
      report(target, current, hanging(target, current, given));
      resolve({ inputs: given, nextSeed: current + 1 });
    }, 500);
    worker.on('exit', () => clearInterval(watch));
  });
  const result = await over;
  await worker.terminate();
  return result;
}

/** The inputs up to the one that the thread does not come back from. */
function hanging(target: string, ofSeed: number, given: number): Failure {
  const of = targets[target];
  if (of === undefined) throw new Error(`There is no target ${target}.`);
  const random = new Random(ofSeed);
  const corpus = corpusOf(of, random);
  const inputs = [...inputsOf(corpus, random, lengthOf(ofSeed))].slice(0, given);
  return { corpus: corpus.name, problem: `It has hung for ${hangMs} ms.`, inputs };
}

function report(target: string, ofSeed: number, failure: Failure): void {
  failures += 1;
  console.log(`${target}, seed ${ofSeed}, ${failure.corpus}: ${failure.problem}`);
  const of = targets[target];
  if (of === undefined || failure.inputs.length === 0) return;
  const { inputs } = failure.problem.startsWith('It ') ? failure : shorten(of, failure);
  const path = fileURLToPath(
    new URL(`fuzz/corpus/crash-${target}-${failure.corpus}-${ofSeed}.txt`, import.meta.url),
  );
  writeFileSync(path, inputs.map((input) => `${Buffer.from(input).toString('base64')}\n`).join(''));
  console.log(`  ${inputs.length} inputs are in ${path}; the tests replay them`);
}
