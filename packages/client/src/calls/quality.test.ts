import { expect, it } from 'vitest';
import { qualityOf, sampleOf } from './quality.ts';

type Report = Parameters<typeof sampleOf>[0];

function report(more: {
  bytes: number;
  packets: number;
  lost: number;
  relay?: boolean;
  rtt?: number;
}): Report {
  const entries = [
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
    {
      id: 'P',
      type: 'candidate-pair',
      localCandidateId: 'L',
      currentRoundTripTime: more.rtt ?? 0.02,
      availableOutgoingBitrate: 900_000,
    },
    { id: 'L', type: 'local-candidate', candidateType: more.relay ? 'relay' : 'host' },
    {
      id: 'I',
      type: 'inbound-rtp',
      kind: 'audio',
      bytesReceived: more.bytes,
      packetsReceived: more.packets,
      packetsLost: more.lost,
      jitter: 0.004,
    },
    {
      id: 'V',
      type: 'inbound-rtp',
      kind: 'video',
      bytesReceived: 0,
      framesPerSecond: 25,
      frameWidth: 640,
      frameHeight: 360,
    },
    { id: 'O', type: 'outbound-rtp', kind: 'audio', bytesSent: more.bytes / 2 },
    { id: 'R', type: 'remote-inbound-rtp', kind: 'audio', fractionLost: 0.01 },
  ];
  return new Map(entries.map((entry) => [entry.id, entry]));
}

it('is computed from what came between two reports', () => {
  const before = sampleOf(report({ bytes: 10_000, packets: 100, lost: 0 }), 0);
  const after = sampleOf(report({ bytes: 26_000, packets: 190, lost: 10, relay: true }), 2_000);
  expect(qualityOf(before, after, false)).toEqual({
    level: 'fair',
    rttMs: 20,
    lossIn: 0.1,
    lossOut: 0.01,
    jitterMs: 4,
    kbitIn: 64,
    kbitOut: 32,
    kbitAvailable: 900,
    relayed: true,
    video: { width: 640, height: 360, framesPerSecond: 25 },
    videoPaused: false,
  });
});

it.each([
  [0.02, 0, 'good'],
  [0.3, 0, 'fair'],
  [0.02, 30, 'poor'],
  [0.7, 0, 'poor'],
] as const)(
  'with %d s to the other side and back and %d of 130 packets lost it is %s',
  (rtt, lost, level) => {
    const before = sampleOf(report({ bytes: 0, packets: 0, lost: 0 }), 0);
    const after = sampleOf(report({ bytes: 0, packets: 100, lost, rtt }), 2_000);
    expect(qualityOf(before, after, false).level).toBe(level);
  },
);

it('says nothing of what a browser does not tell', () => {
  const empty = sampleOf(new Map(), 0);
  expect(qualityOf(empty, { ...empty, at: 2_000 }, true)).toEqual({
    level: 'good',
    kbitIn: 0,
    kbitOut: 0,
    videoPaused: true,
  });
});
