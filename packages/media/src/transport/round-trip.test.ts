import { expect, test } from 'vitest';
import { middleBits, ntpFromUnix } from '../rtcp/ntp.ts';
import { RoundTrip } from './round-trip.ts';

const about = { ssrc: 1, fractionLost: 0, totalLost: 0, highestSequence: 0, jitter: 0 };

test('is what is left of the time since our report without the time that it lay there, the least of all', () => {
  const sentAt = 1_700_000_000_000;
  const roundTrip = new RoundTrip();
  const lastReport = middleBits(ntpFromUnix(sentAt));
  for (const tripMs of [150, 120, 180]) {
    const lay = { ...about, lastReport, delaySinceLastReport: 65_536 / 2 };
    roundTrip.add(lay, sentAt + 500 + tripMs);
  }
  roundTrip.add({ ...about, lastReport: 0, delaySinceLastReport: 0 }, sentAt);
  // The other side says that it had the report for longer than that is old.
  roundTrip.add({ ...about, lastReport, delaySinceLastReport: 65_536 }, sentAt);
  expect(roundTrip.take()).toBeCloseTo(120, -1);
  expect(roundTrip.take()).toBeUndefined();
});
