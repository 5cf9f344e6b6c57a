/** Runs sessions in a thread of its own, so that one that hangs can be told. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { Random } from './random.ts';
import { corpusOf, type Failure, inputsOf, runSession } from './session.ts';
import { targets } from './targets/index.ts';
import { lengthOf, longInputs, type Task, type Told } from './task.ts';

/** By what sessions keep, and by the inputs of a long one. */
const mostGrowth = 64 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function usedBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function run({ target: name, seed: first, endsAt, progress }: Task): void {
  const target = targets[name];
  if (target === undefined || parentPort === null) return;
  const shown = new Int32Array(progress);
  let inputs = 0;
  let seed = first;
  let before = 0;
  for (; Date.now() < endsAt; seed += 1) {
    Atomics.store(shown, 1, 0);
    Atomics.store(shown, 0, seed);
    const random = new Random(seed);
    const corpus = corpusOf(target, random);
    const length = lengthOf(seed);
    let grown = 0;
    const onInput = (): void => {
      Atomics.add(shown, 1, 1);
      inputs += 1;
      // At the end of a long session, while all that it keeps is there.
      if (length === longInputs && Atomics.load(shown, 1) === length) grown = usedBytes() - before;
    };
    if (length === longInputs && before === 0) before = usedBytes();
    const failure = runSession(target, corpus, inputsOf(corpus, random, length), onInput);
    if (failure !== undefined) parentPort.postMessage({ type: 'failure', failure, seed } satisfies Told);
    if (grown <= mostGrowth) continue;
    const problem = `Memory has grown by ${Math.round(grown / 2 ** 20)} MB in sessions up to this seed.`;
    const growth: Failure = { corpus: corpus.name, problem, inputs: [] };
    parentPort.postMessage({ type: 'failure', failure: growth, seed } satisfies Told);
    before = 0;
  }
  parentPort.postMessage({ type: 'done', inputs, nextSeed: seed } satisfies Told);
}

run(workerData as Task);
