import { expect, test } from 'vitest';
import { receive, TestLayer } from '../testing/publisher.ts';
import { restamp, writeOutgoing } from './outgoing-header.ts';

test.each([0, 10, 40])(
  'stamps a packet again as if it were written later (descriptor of %d bytes)',
  (bytes) => {
    const layer = new TestLayer('alice', 'f', { sequence: 1, timestamp: 1, pictureId: 1 });
    const [sent] = layer.frame(1, true);
    const packet = sent && receive(layer.source, sent.bytes, 0);
    if (packet === undefined) throw new Error('There should be a packet.');
    packet.buffer = Buffer.concat([Buffer.alloc(400), packet.buffer]);
    packet.payloadStart += 400;
    packet.payloadEnd += 400;
    packet.descriptor = Buffer.alloc(bytes, 7);
    const header = { payloadType: 96, marker: true, sequence: 5, timestamp: 6, ssrc: 7, original: -1 };
    const early = Buffer.from(writeOutgoing(packet, { ...header, transportSequence: 1, sentAt: 1000 }));
    const late = writeOutgoing(packet, { ...header, transportSequence: 77, sentAt: 1234 });
    expect(early.equals(late)).toBe(false);
    restamp(early, 77, 1234);
    expect(early.equals(late)).toBe(true);
  },
);
