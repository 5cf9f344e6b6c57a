import { expect, test } from 'vitest';
import { receive, TestLayer } from '../testing/publisher.ts';
import { LayerDemand } from './layer-demand.ts';

class Scene {
  now = 1_000_000;
  readonly layer = new TestLayer('alice', 'f', { sequence: 1, timestamp: 1, pictureId: 1 });
  readonly demand = new LayerDemand(this.layer.source, this.now);
  told: boolean[] = [];

  /** Lets time pass, in which the publisher sends or not. */
  pass(ms: number, { taken = false, sends = true } = {}): void {
    for (const end = this.now + ms; this.now < end; this.now += 100) {
      if (sends)
        for (const { bytes } of this.layer.frame(3, false)) receive(this.layer.source, bytes, this.now);
      if (this.demand.update(taken, this.now)) this.told.push(!this.demand.resting);
    }
  }
}

test('a layer that nobody takes for a while is turned off, and on again as soon as somebody does', () => {
  const scene = new Scene();
  scene.pass(4000);
  scene.pass(100, { taken: true });
  scene.pass(4900);
  expect(scene.told).toEqual([]);
  scene.pass(300);
  expect(scene.told).toEqual([false]);
  scene.pass(60_000, { sends: false });
  expect(scene.told).toEqual([false]);
  scene.pass(100, { taken: true, sends: false });
  expect(scene.told).toEqual([false, true]);
});

test('a layer that is off can be chosen by what it was, and one that does not come back cannot', () => {
  const scene = new Scene();
  scene.pass(6000);
  const { demand } = scene;
  const bitrate = demand.bitrate(scene.now);
  expect(bitrate).toBeGreaterThan(0);
  scene.pass(10_000, { sends: false });
  expect([demand.isOffered(scene.now), demand.bitrate(scene.now)]).toEqual([true, bitrate]);
  scene.pass(3000, { taken: true, sends: false });
  expect([demand.isOffered(scene.now), demand.bitrate(scene.now)]).toEqual([true, bitrate]);
  scene.pass(2000, { taken: true, sends: false });
  expect(demand.isOffered(scene.now)).toBe(false);
  // Never turned off by us, so never asked for again: it comes back by itself.
  expect(scene.told).toEqual([false, true]);
  scene.pass(1000, { taken: true });
  expect(demand.isOffered(scene.now)).toBe(true);
});
