import { StoaError } from '@stoa/protocol';
import { mutate, type Random } from './random.ts';
import type { Corpus, Target } from './target.ts';

/** How a session ended badly. */
export interface Failure {
  readonly corpus: string;
  readonly problem: string;
  /** All that the target was given, of which the last made it fail. */
  readonly inputs: readonly Uint8Array[];
}

const slowMs = 1000;

/** The inputs of a session, the same for the same seed: those of a corpus in their order, most of them changed. */
export function* inputsOf({ inputs }: Corpus, random: Random, count: number): Generator<Uint8Array> {
  for (let index = 0; index < count; index += 1) {
    // What follows something malformed has to find things in order.
    const input = inputs[index % inputs.length] ?? new Uint8Array();
    const choice = random.below(10);
    if (choice < 3) yield input;
    else if (choice === 3) yield random.bytes(1 + random.below(100));
    else yield mutate(input, random, inputs);
  }
}

export function corpusOf({ corpora }: Target, random: Random): Corpus {
  return random.of(corpora);
}

/** Gives a target all inputs, one after the other. Answers the first failure: what is thrown but StoaErrors, or takes long. */
export function runSession(
  target: Target,
  corpus: Corpus,
  inputs: Iterable<Uint8Array>,
  onInput: () => void = () => {},
): Failure | undefined {
  const take = target.open(corpus);
  const given: Uint8Array[] = [];
  const failed = (problem: string): Failure => ({ corpus: corpus.name, problem, inputs: given });
  for (const input of inputs) {
    given.push(input);
    onInput();
    const startedAt = performance.now();
    try {
      take(input);
    } catch (error) {
      if (error instanceof StoaError) continue;
      return failed(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    const tookMs = performance.now() - startedAt;
    if (tookMs > slowMs) return failed(`It took ${Math.round(tookMs)} ms.`);
  }
  return undefined;
}
