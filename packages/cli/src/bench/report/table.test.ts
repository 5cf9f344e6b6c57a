import { expect, it } from 'vitest';
import { reportTable } from './table.ts';

it('shows the medians of the rounds in columns that line up, and a dash where nothing was measured', () => {
  const metrics = [
    { name: 'rate', title: 'messages/s', digits: 0 },
    { name: 'p99', title: 'p99 ms', digits: 1 },
  ];
  const rounds = new Map([
    [
      'one',
      [
        { rate: 12_345.6, p99: 3 },
        { rate: 10_000, p99: 5 },
        { rate: 99_999, p99: 4.26 },
      ],
    ],
    ['another', [{}, { rate: 7 }]],
  ]);
  expect(reportTable(metrics, rounds)).toEqual([
    '         messages/s  p99 ms',
    'one          12,346     4.3',
    'another           7       –',
  ]);
});
