import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';
import { corpusOf, inputsOf, runSession } from './session.ts';
import { shorten } from './shorten.ts';
import { readCrashes, type Target } from './target.ts';
import { targets } from './targets/index.ts';

const sessions = 4;
const inputsEach = 250;

describe.each(Object.entries(targets))('what reads %s', (name, target) => {
  it('takes all that browsers have sent', () => {
    for (const corpus of target.corpora) {
      expect(corpus.inputs.length).toBeGreaterThan(3);
      expect(runSession(target, corpus, corpus.inputs)).toBeUndefined();
    }
  });

  it('refuses or ignores what made it fail once, and whatever is made of what browsers send', () => {
    for (const crash of readCrashes(name)) {
      const corpus = target.corpora.find((each) => crash.name.includes(`-${each.name}-`));
      if (corpus !== undefined) expect(runSession(target, corpus, crash.inputs)).toBeUndefined();
    }
    for (let seed = 1; seed <= sessions; seed += 1) {
      const random = new Random(seed);
      const corpus = corpusOf(target, random);
      expect(runSession(target, corpus, inputsOf(corpus, random, inputsEach))).toBeUndefined();
    }
  });
});

it('finds a failure, and what of all inputs makes it', () => {
  const corpus = { name: 'some', inputs: [Uint8Array.of(1, 2, 3), Uint8Array.of(9)] };
  let opened = 0;
  const target: Target = {
    corpora: [corpus],
    open() {
      opened += 1;
      let isArmed = false;
      return ([first, second]) => {
        if (isArmed && second === 2) throw new TypeError('broken');
        if (first === 9) isArmed = true;
      };
    },
  };
  const found = runSession(target, corpus, inputsOf(corpus, new Random(7), 1000));
  expect(found?.problem).toContain('broken');
  const short = found && shorten(target, found);
  expect(short?.inputs.length).toBe(2);
  expect(opened).toBeGreaterThan(2);
});
