import { type Failure, runSession } from './session.ts';
import type { Target } from './target.ts';

/** Leaves out whatever the failure does not need, as far as halving finds it out. */
export function shorten(target: Target, failure: Failure): Failure {
  const corpus = target.corpora.find(({ name }) => name === failure.corpus);
  if (corpus === undefined) return failure;
  let shortest = failure;
  for (let step = shortest.inputs.length; step >= 1; step = Math.floor(step / 2)) {
    for (let at = 0; at + step < shortest.inputs.length; ) {
      const rest = [...shortest.inputs.slice(0, at), ...shortest.inputs.slice(at + step)];
      const again = runSession(target, corpus, rest);
      if (again === undefined) at += step;
      else shortest = again;
    }
  }
  return shortest;
}
