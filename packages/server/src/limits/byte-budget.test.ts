import { expect, it } from 'vitest';
import { ByteBudget } from './byte-budget.ts';

it('has room for so much of one key, and of all, until it is given back', () => {
  const budget = new ByteBudget({ most: 100, mostByKey: 60 });
  const first = budget.admit('a', 60);
  expect(first).toBeDefined();
  expect(budget.admit('a', 1)).toBeUndefined();
  expect(budget.admit('b', 40)).toBeDefined();
  expect(budget.admit('c', 1)).toBeUndefined();
  first?.();
  first?.();
  expect(budget.admit('a', 60)).toBeDefined();
  expect(budget.admit('c', 1)).toBeUndefined();
});

it('has room for one that is larger, when it is the only one', () => {
  const budget = new ByteBudget({ most: 100, mostByKey: 60 });
  const release = budget.admit('a', 1_000);
  expect([release, budget.admit('b', 1)]).toEqual([expect.any(Function), undefined]);
});
