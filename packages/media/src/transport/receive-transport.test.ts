import { expect, test } from 'vitest';
import { ReleaseClock } from '../bandwidth/release-clock.ts';
import { receive, TestLayer } from '../testing/publisher.ts';
import { TestViewer } from '../testing/test-client.ts';
import { until } from '../testing/until.ts';
import { ReceiveTransport } from './receive-transport.ts';

test('a burst reaches the viewer whole and in order, but not at once', async () => {
  const releases = new ReleaseClock();
  const states: string[] = [];
  const options = { bindAddress: '127.0.0.1' };
  const transport = await ReceiveTransport.open({ audio: 0, video: 1 }, options, releases, (state) =>
    states.push(state),
  );
  const offer = { version: 1, sdp: transport.offer };
  const viewer = await TestViewer.open(offer);
  try {
    transport.answer(viewer.answer(offer).sdp);
    await until(() => states.includes('connected'));
    const layer = new TestLayer('alice', 'f', { sequence: 65_500, timestamp: 1, pictureId: 1 });
    const slot = transport.slots[0]?.slot;
    slot?.show(layer.source);
    const now = Date.now();
    const packets = 300;
    for (const { bytes } of layer.frame(packets, true)) {
      // Some hundred bytes, so that the burst is more than leaves at once.
      const packet = receive(layer.source, Buffer.concat([bytes, Buffer.alloc(200)]), now);
      if (slot !== undefined && packet !== undefined) transport.forward(slot, layer.source, packet, now);
    }
    expect(slot?.packets).toBeGreaterThan(0);
    expect(slot?.packets).toBeLessThan(packets);
    await until(() => viewer.received.length === packets);
    const first = viewer.received[0]?.sequence ?? 0;
    expect(viewer.received.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: packets }, (_, index) => (first + index) & 0xffff),
    );
  } finally {
    viewer.close();
    transport.close();
  }
});
