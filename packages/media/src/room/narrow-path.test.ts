import { expect, test } from 'vitest';
import { BandwidthEstimator } from '../bandwidth/estimator.ts';
import { Prober } from '../bandwidth/prober.ts';
import { Starvation } from '../bandwidth/starvation.ts';
import { SenderClock } from '../forwarding/sender-clock.ts';
import { Slot } from '../forwarding/slot.ts';
import { Source } from '../forwarding/source.ts';
import { type AcknowledgedPacket, acknowledged } from '../testing/acknowledged.ts';
import { receive, TestLayer } from '../testing/publisher.ts';
import { SimulatedLink } from '../testing/simulated-link.ts';
import { chooseLayers } from './choose-layers.ts';
import { LayerDemand } from './layer-demand.ts';

const tickMs = 20;
const soundBytes = 100;
const frameMs = 100;
const packetBytes = 1000;

/** A viewer of one camera of one layer, and one voice of 40 kbit/s, on a simulated path. */
class Viewer {
  readonly estimator = new BandwidthEstimator();
  readonly starvation = new Starvation();
  readonly link: SimulatedLink;
  readonly #prober = new Prober();
  readonly #slot = new Slot({ kind: 'video', ssrc: 1, rtxSsrc: 2 });
  readonly #voiceSlot = new Slot({ kind: 'audio', ssrc: 3, rtxSsrc: 0 });
  readonly #camera = new TestLayer('camera', '', { sequence: 1, timestamp: 1, pictureId: 1 });
  readonly #layer = new LayerDemand(this.#camera.source, 0);
  readonly #voice: LayerDemand;
  readonly #packetsPerFrame: number;
  /** It gives no feedback, but tells what it believes: bits per second. */
  readonly #believes: { bitrate: number } | undefined;
  #now = 0;
  #underway: AcknowledgedPacket[] = [];
  soundLost = 0;
  isPaused = false;

  constructor(link: SimulatedLink, bitrate: number, { givesFeedback = true } = {}) {
    this.link = link;
    this.#believes = givesFeedback ? undefined : { bitrate: 1_000_000 };
    this.#packetsPerFrame = Math.round((bitrate * frameMs) / 8000 / packetBytes);
    const clock = new SenderClock();
    const voice = new Source({ ssrc: 9, codec: 'opus', rid: '', stream: 'voice', clock });
    this.#voice = new LayerDemand(voice, 0, 40_000);
  }

  get bitrate(): number {
    return this.estimator.bitrate;
  }

  get isShown(): boolean {
    return this.#slot.shown !== undefined;
  }

  setDemand(_shown: number, wanted: number): void {
    this.#prober.wanted = wanted;
  }

  /** Lets time pass, until something is the case. Answers the seconds that it took. */
  run(seconds: number, until = () => false): number {
    const begin = this.#now;
    const end = begin + seconds * 1000;
    for (; this.#now < end && !until(); this.#now += tickMs) this.#tick();
    return (this.#now - begin) / 1000;
  }

  #tick(): void {
    const now = this.#now;
    if (this.#send(soundBytes, now) < 0) this.soundLost += 1;
    if (now % frameMs === 0) this.#frame(now);
    const padding = this.#prober.due(now, this.estimator.bitrate, this.estimator.sent(now));
    for (let sent = 0; sent < padding; sent += packetBytes) this.#send(packetBytes, now);
    if (this.#believes !== undefined) this.#report(this.#believes, now);
    else if (now % 100 === 0) this.#tell(now);
    if (now % 200 !== 0) return;
    const viewed = [
      { mid: 'a0', slot: this.#voiceSlot, view: { stream: 'voice' }, layers: [this.#voice] },
      { mid: 'v0', slot: this.#slot, view: { stream: 'camera' }, layers: [this.#layer] },
    ];
    this.isPaused = chooseLayers(this, viewed, now).paused.includes('v0');
  }

  #frame(now: number): void {
    const { source } = this.#camera;
    const isKey = source.keyFrames.due(now);
    for (const { bytes } of this.#camera.frame(this.#packetsPerFrame, isKey)) {
      const packet = receive(source, Buffer.concat([bytes, Buffer.alloc(packetBytes)]), now);
      if (packet !== undefined && this.#slot.take(source, packet) !== undefined) this.#send(packetBytes, now);
    }
  }

  #send(bytes: number, sentAt: number): number {
    const arrivedAt = this.link.send(bytes, sentAt);
    this.#underway.push({ sentAt, bytes, arrivedAt });
    return arrivedAt;
  }

  /** Once a second what it has lost, and what it believes by what came. */
  #report(believes: { bitrate: number }, now: number): void {
    if (now === 0 || now % 1000 !== 0) return;
    const told = this.#arrived(now);
    const came = told.filter(({ arrivedAt }) => arrivedAt >= 0);
    const lost = 1 - came.length / told.length;
    const rate = came.reduce((sum, { bytes }) => sum + 8 * bytes, 0);
    believes.bitrate = lost > 0.02 ? 0.85 * rate : Math.min(1.08 * believes.bitrate, 1.5 * rate + 10_000);
    this.estimator.onReceiverEstimate(believes.bitrate, now);
    this.estimator.onReport(lost, now);
  }

  #arrived(now: number): AcknowledgedPacket[] {
    const all = this.#underway;
    this.#underway = all.filter(({ arrivedAt }) => arrivedAt > now);
    return all.filter(({ arrivedAt }) => arrivedAt <= now);
  }

  #tell(now: number): void {
    const told = acknowledged(this.#arrived(now));
    this.estimator.onFeedback(told, now, this.#prober);
    const found = this.#prober.onFeedback(told, now);
    if (found !== undefined) this.estimator.onProbe(found, now);
  }
}

test('a picture of one layer is paused where the path does not take it, so that sound gets through, and comes back', () => {
  const viewer = new Viewer(new SimulatedLink({ capacity: 3_000_000 }), 640_000);
  viewer.run(10);
  expect([viewer.isShown, viewer.isPaused]).toEqual([true, false]);
  viewer.link.capacity = 250_000;
  expect(viewer.run(20, () => viewer.isPaused)).toBeLessThan(10);
  expect(viewer.isShown).toBe(false);
  // The queue on the way is emptied first.
  viewer.run(1);
  const { soundLost } = viewer;
  viewer.run(60);
  expect(viewer.isPaused).toBe(true);
  // 3,000 packets, but for those beside a probe.
  expect(viewer.soundLost - soundLost).toBeLessThan(30);
  viewer.link.capacity = 3_000_000;
  expect(viewer.run(60, () => viewer.isShown)).toBeLessThan(40);
  viewer.run(20);
  expect([viewer.isShown, viewer.isPaused]).toEqual([true, false]);
});

test('it goes on where the path takes most of it, loses a share of everything, or its viewer reads late', () => {
  const tight = new Viewer(new SimulatedLink({ capacity: 640_000 }), 640_000);
  expect(tight.run(60, () => tight.isPaused)).toBe(60);
  const radio = new Viewer(new SimulatedLink({ capacity: 3_000_000, lossEvery: 6 }), 640_000);
  expect(radio.run(60, () => radio.isPaused)).toBe(60);
  const stalls = { everyMs: 400, longestMs: 200 };
  const busy = new Viewer(new SimulatedLink({ capacity: 30_000_000, stalls }), 640_000);
  expect(busy.run(60, () => busy.isPaused)).toBe(60);
});

test('it is tried ever more seldom where a path takes it for moments only', () => {
  const viewer = new Viewer(new SimulatedLink({ capacity: 250_000 }), 640_000);
  let shown = 0;
  for (let second = 0; second < 120; second += 1) {
    // Probes find a path that is wide while nothing else is sent.
    viewer.link.capacity = viewer.isPaused ? 3_000_000 : 250_000;
    viewer.run(1);
    if (viewer.isShown) shown += 1;
  }
  expect(shown).toBeLessThan(50);
});

test('it is paused as well for a viewer who tells no more than what he believes, and tried again ever more seldom', () => {
  const viewer = new Viewer(new SimulatedLink({ capacity: 3_000_000 }), 640_000, { givesFeedback: false });
  viewer.run(10);
  expect([viewer.isShown, viewer.isPaused]).toEqual([true, false]);
  viewer.link.capacity = 250_000;
  expect(viewer.run(20, () => viewer.isPaused)).toBeLessThan(15);
  let shown = 0;
  for (let second = 0; second < 120; second += 1) {
    viewer.run(1);
    if (viewer.isShown) shown += 1;
  }
  expect(shown).toBeLessThan(50);
  viewer.link.capacity = 3_000_000;
  expect(viewer.run(90, () => viewer.isShown)).toBeLessThan(65);
  expect(viewer.run(60, () => viewer.isPaused)).toBe(60);
});
