import type { Figures } from '@stoa/cli/bench';
import { expect, it } from 'vitest';
import { bounds } from './bounds.ts';
import { type Results, ratios } from './ratios.ts';

const results: Results = new Map<string, Map<string, Figures[]>>([
  [
    'pairs',
    new Map([
      [
        'relay',
        [
          { cpu: 2, p99: 10 },
          { cpu: 4, p99: 20 },
          { cpu: 3, p99: 10 },
        ],
      ],
      [
        'stoa',
        [
          { cpu: 4, p99: 15 },
          { cpu: 8, p99: 30 },
          { cpu: 3, p99: 30 },
        ],
      ],
    ]),
  ],
  [
    'offline',
    new Map([
      [
        'stoa',
        [
          { store: 1, drain: 4 },
          { store: 2, drain: 8 },
          { store: 3, drain: 6 },
        ],
      ],
    ]),
  ],
]);

it('divides round by round, and storing by what the relay takes to pass on', () => {
  expect(ratios(results, bounds({ connections: [], groupMembers: [] }))).toEqual([
    { peer: 'stoa', title: 'server CPU per message / relay', value: 2, most: 2 },
    { peer: 'stoa', title: 'p99 / relay', value: 1.5, most: 2 },
    { peer: 'stoa', title: 'CPU to store a message / relay', value: 0.5, most: 1 },
    { peer: 'stoa', title: 'CPU to drain a message / relay', value: 2, most: 1 },
  ]);
});

it('says nothing about what was not measured', () => {
  expect(ratios(new Map(), bounds({ connections: [5000], groupMembers: [1000] }))).toEqual([]);
});
