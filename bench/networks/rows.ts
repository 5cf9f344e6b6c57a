import type { Conditions } from '@stoa/testkit/impairment';

/** What the network of one of two is like, for how long. */
interface Phase {
  readonly conditions: Conditions;
  readonly seconds: number;
}

/** A row of the table: figures are of its first phases; then it is good again, and what is measured is how soon that shows. */
export interface NetworkRow {
  readonly name: string;
  readonly title: string;
  readonly before?: Phase;
  readonly bad: Phase;
  readonly after?: Conditions;
}

const seconds = 10;
const wide: Conditions = { bitrate: 3_000_000 };

export const networkRows: readonly NetworkRow[] = [
  { name: 'clean', title: 'no loss', bad: { conditions: {}, seconds } },
  { name: 'loss-5', title: '5 % loss', bad: { conditions: { loss: 0.05 }, seconds } },
  { name: 'loss-10', title: '10 % loss', bad: { conditions: { loss: 0.1 }, seconds } },
  { name: 'loss-20', title: '20 % loss', bad: { conditions: { loss: 0.2 }, seconds } },
  { name: 'delay', title: '150 ms delay', bad: { conditions: { delayMs: 150 }, seconds } },
  { name: 'jitter', title: '20 ms jitter', bad: { conditions: { jitterMs: 20 }, seconds } },
  {
    name: 'bandwidth',
    title: '3 Mbit/s → 300 kbit/s → 3 Mbit/s',
    before: { conditions: wide, seconds: 2 },
    bad: { conditions: { bitrate: 300_000 }, seconds: 7 },
    after: wide,
  },
  { name: 'cut', title: '10 s cut', bad: { conditions: { isCut: true }, seconds: 10 }, after: {} },
];
