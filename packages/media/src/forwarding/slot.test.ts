import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newPayloadInfo, readPayload } from '../codecs/payload.ts';
import { newHeaderExtensions, readHeaderExtensions } from '../rtp/header-extensions.ts';
import { newRtpHeader, readRtpHeader } from '../rtp/rtp-header.ts';
import { unwrap16, unwrap32, unwrapBits } from '../rtp/sequence.ts';
import { receive, type SentPacket, TestLayer } from '../testing/publisher.ts';
import { ourExtensionIds } from './outgoing-header.ts';
import { Slot } from './slot.ts';

/** What a viewer sees of a packet, its numbers counted on beyond their width. */
interface Seen {
  readonly layer: TestLayer;
  /** Counts what is shown: one source from one switch to the next. */
  readonly stretch: number;
  readonly sent: SentPacket;
  readonly sequence: number;
  readonly timestamp: number;
  readonly pictureId: number;
  readonly tl0: number;
}

/** A slot, layers of two streams, and a viewer who checks what comes. */
class Scene {
  readonly layers: TestLayer[];
  readonly slot = new Slot({ kind: 'video', ssrc: 42, rtxSsrc: 43 });
  readonly seen: Seen[] = [];
  now = 1_700_000_000_000;

  constructor(starts: readonly { sequence: number; timestamp: number; pictureId: number }[]) {
    this.layers = starts.map((start, index) => new TestLayer(index < 2 ? 'alice' : 'bob', `${index}`, start));
  }

  show(index: number): void {
    this.slot.show(this.layers[index]?.source);
  }

  deliver(layer: TestLayer, sent: SentPacket): void {
    const packet = receive(layer.source, sent.bytes, this.now);
    if (packet === undefined) return;
    const segment = this.slot.take(layer.source, packet);
    if (segment === undefined) return;
    this.#see(layer, sent, this.slot.write(segment, packet, 1, this.now));
  }

  #see(layer: TestLayer, sent: SentPacket, written: Buffer): void {
    const header = newRtpHeader();
    expect(readRtpHeader(written, header)).toBe(true);
    expect(header).toMatchObject({ ssrc: 42, payloadType: 96 });
    const info = newPayloadInfo();
    readPayload('VP8', written, header.payloadStart, header.payloadEnd, info);
    const last = this.seen.at(-1);
    this.seen.push({
      layer,
      stretch: this.slot.switches,
      sent,
      sequence: unwrap16(last?.sequence ?? header.sequence, header.sequence),
      timestamp: unwrap32(last?.timestamp ?? header.timestamp, header.timestamp),
      pictureId: unwrapBits(last?.pictureId ?? info.pictureId, info.pictureId, 15),
      tl0: unwrapBits(last?.tl0 ?? info.tl0, info.tl0, 8),
    });
  }

  /** Every stretch of one source is a copy of it, and continues the one before. */
  check(): void {
    let highest: Seen | undefined;
    let first: Seen | undefined;
    let newestFrame = { timestamp: Number.NEGATIVE_INFINITY, pictureId: 0, tl0: 0 };
    for (const seen of this.seen) {
      if (first === undefined || first.stretch !== seen.stretch) {
        expect(seen.sent.keyFrame).toBe(true);
        if (highest !== undefined) {
          expect(seen.sequence).toBe(highest.sequence + 1);
          expect(seen.timestamp).toBeGreaterThan(newestFrame.timestamp);
          expect(seen.pictureId).toBe(newestFrame.pictureId + 1);
          expect(seen.tl0).toBe(newestFrame.tl0 + 1);
        }
        first = seen;
      }
      const frames = seen.sent.frame - first.sent.frame;
      expect(seen.sequence - first.sequence).toBe(seen.sent.sequence - first.sent.sequence);
      expect(seen.timestamp - first.timestamp).toBe(frames * 3000);
      expect(seen.pictureId - first.pictureId).toBe(frames);
      if (highest === undefined || seen.sequence > highest.sequence) highest = seen;
      if (seen.timestamp > newestFrame.timestamp) newestFrame = seen;
    }
    const sequences = this.seen.map(({ sequence }) => sequence);
    expect(new Set(sequences).size).toBe(sequences.length);
  }
}

const start = fc.record({
  sequence: fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xffe0, max: 0xffff })),
  timestamp: fc.oneof(fc.nat(0xffff_ffff), fc.integer({ min: 0xffff_0000, max: 0xffff_ffff })),
  pictureId: fc.oneof(fc.nat(0x7fff), fc.integer({ min: 0x7ff0, max: 0x7fff })),
});

const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ show: fc.integer({ min: -1, max: 3 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      frameOf: fc.nat(3),
      packets: fc.integer({ min: 1, max: 3 }),
      keyFrame: fc.oneof(fc.constant(false), fc.boolean()),
      // By packet: lost, held back until the next frames, or delivered.
      fates: fc.array(fc.constantFrom('lost', 'late', 'now', 'now', 'now'), { minLength: 3, maxLength: 3 }),
      passedMs: fc.nat(60),
    }),
  },
);

test('one stream without a break, whatever is shown, lost, late, or wraps around', () => {
  const starts = fc.array(start, { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(starts, fc.array(step, { minLength: 80, maxLength: 160, size: 'max' }), (from, steps) => {
      const scene = new Scene(from);
      let late: { layer: TestLayer; sent: SentPacket }[] = [];
      scene.show(0);
      for (const each of steps) {
        if ('show' in each) {
          scene.show(each.show);
          continue;
        }
        const layer = scene.layers[each.frameOf];
        if (layer === undefined) continue;
        scene.now += each.passedMs;
        const heldBack = late;
        late = [];
        layer.frame(each.packets, each.keyFrame).forEach((sent, index) => {
          const fate = each.fates[index];
          if (fate === 'late') late.push({ layer, sent });
          else if (fate === 'now') scene.deliver(layer, sent);
        });
        for (const { layer: of, sent } of heldBack) scene.deliver(of, sent);
      }
      scene.check();
    }),
    { numRuns: 150 },
  );
});

function twoLayers(): Scene {
  const begin = { sequence: 100, timestamp: 5000, pictureId: 7 };
  return new Scene([begin, begin, begin]);
}

function publish(scene: Scene, index: number, packets: number, keyFrame: boolean): void {
  const layer = scene.layers[index];
  if (layer === undefined) throw new Error(`There is no layer ${index}.`);
  for (const sent of layer.frame(packets, keyFrame)) scene.deliver(layer, sent);
}

test('shows the old layer until the key frame of the new one, and another stream only from there', () => {
  const scene = twoLayers();
  const shown = () => scene.seen.map(({ layer }) => layer.source.rid).join('');
  scene.show(0);
  publish(scene, 0, 1, false);
  expect(shown()).toBe('');
  publish(scene, 0, 1, true);
  scene.show(1);
  publish(scene, 0, 1, false);
  publish(scene, 1, 1, false);
  publish(scene, 1, 1, true);
  publish(scene, 0, 1, false);
  expect(shown()).toBe('001');
  scene.show(2);
  publish(scene, 1, 1, false);
  publish(scene, 2, 1, false);
  expect(shown()).toBe('001');
  publish(scene, 2, 1, true);
  expect(shown()).toBe('0012');
  scene.show(-1);
  publish(scene, 2, 1, true);
  expect(shown()).toBe('0012');
});

test('asks for the key frame that it waits for', () => {
  const scene = twoLayers();
  scene.show(1);
  const { keyFrames } = scene.layers[1]?.source ?? {};
  expect(keyFrames?.due(1000)).toBe(true);
  expect(keyFrames?.due(1100)).toBe(false);
  expect(keyFrames?.due(1500)).toBe(true);
  publish(scene, 1, 1, true);
  expect(keyFrames?.due(3000)).toBe(false);
});

test('asks on for as long as a source comes without the key frame that it waits for', () => {
  const scene = twoLayers();
  scene.show(1);
  const { keyFrames } = scene.layers[1]?.source ?? {};
  const triesOf = (fromMs: number): number =>
    Array.from({ length: 100 }, (_, index) => keyFrames?.due(fromMs + 400 * index)).filter(Boolean).length;
  // Nothing comes: a muted camera, which nobody asks for ever.
  expect(triesOf(1000)).toBeLessThan(30);
  publish(scene, 1, 1, false);
  expect(keyFrames?.due(60_000)).toBe(true);
  publish(scene, 1, 1, true);
  expect(scene.seen).toHaveLength(1);
  expect(keyFrames?.due(70_000)).toBe(false);
});

test('asks for key frames of what is shown and of what is waited for when the viewer lacks a picture', () => {
  const scene = twoLayers();
  scene.show(0);
  publish(scene, 0, 1, true);
  scene.show(1);
  const dueOf = (index: number) => scene.layers[index]?.source.keyFrames.due(1000);
  scene.layers[1]?.source.keyFrames.arrived();
  expect([dueOf(0), dueOf(1)]).toEqual([false, false]);
  scene.slot.pictureLost();
  expect([dueOf(0), dueOf(1)]).toEqual([true, true]);
});

test('sends packets again as RTX, none from before a switch, and each once per round trip', () => {
  const scene = twoLayers();
  scene.show(0);
  publish(scene, 0, 3, true);
  scene.show(1);
  publish(scene, 1, 2, true);
  const first = scene.seen[0]?.sequence ?? 0;
  for (const [index, { sent }] of scene.seen.entries()) {
    const again = scene.slot.sendAgain((first + index) & 0xffff, 9, scene.now);
    if (index < 3) {
      expect(again).toBeUndefined();
      continue;
    }
    const header = newRtpHeader();
    if (again === undefined) throw new Error(`Packet ${index} was not sent again.`);
    expect(readRtpHeader(again, header)).toBe(true);
    expect(header).toMatchObject({ ssrc: 43, payloadType: 97, sequence: index - 2 });
    expect(again.readUInt16BE(header.payloadStart)).toBe((first + index) & 0xffff);
    // All but the rewritten picture ids is the publisher's payload.
    expect(again.subarray(header.payloadStart + 7)).toEqual(sent.bytes.subarray(12 + 5));
  }
  const last = (first + 4) & 0xffff;
  expect(scene.slot.sendAgain(last, 9, scene.now + 5)).toBeUndefined();
  expect(scene.slot.sendAgain(last, 9, scene.now + 50)).toBeDefined();
  expect(scene.slot.sendAgain(last + 1, 9, scene.now + 50)).toBeUndefined();
});

test('sender reports go on through a switch at the pace of the clock', () => {
  const scene = twoLayers();
  scene.show(0);
  publish(scene, 0, 1, true);
  const before = scene.slot.senderReport(scene.now);
  scene.now += 1000;
  scene.show(2);
  publish(scene, 2, 1, true);
  scene.now += 500;
  const after = scene.slot.senderReport(scene.now);
  expect(((after?.timestamp ?? 0) - (before?.timestamp ?? 0)) | 0).toBe(1.5 * 90_000);
  expect((after?.ntpMs ?? 0) - (before?.ntpMs ?? 0)).toBe(1500);
});

test('padding is what the viewer has already, as RTX, from the newest back to the last switch', () => {
  const scene = twoLayers();
  scene.show(0);
  publish(scene, 0, 4, true);
  const header = newRtpHeader();
  const originals = [0, 1, 2, 3].map((back) => {
    const packet = scene.slot.pad(back, 9, scene.now) ?? Buffer.alloc(0);
    expect(readRtpHeader(packet, header)).toBe(true);
    expect(header).toMatchObject({ ssrc: 43, payloadType: 97 });
    return packet.readUInt16BE(header.payloadStart);
  });
  const newest = scene.seen.at(-1)?.sequence ?? 0;
  expect(originals).toEqual([0, 1, 2, 3].map((back) => (newest - back) & 0xffff));
  expect(scene.slot.pad(4, 9, scene.now)).toBeUndefined();
});

test('where nothing is shown, padding is empty packets on the retransmissions of the slot', () => {
  const slot = new Slot({ kind: 'video', ssrc: 42, rtxSsrc: 43 });
  const sequences = [1, 2].map(() => {
    const packet = slot.padEmpty(7, 1000) ?? Buffer.alloc(0);
    const [header, extensions] = [newRtpHeader(), newHeaderExtensions()];
    expect(readRtpHeader(packet, header)).toBe(true);
    readHeaderExtensions(packet, header, ourExtensionIds, extensions);
    expect(header).toMatchObject({ ssrc: 43, payloadType: 97 });
    expect(header.payloadEnd - header.payloadStart).toBe(0);
    expect(extensions.transportSequence).toBe(7);
    return header.sequence;
  });
  expect(sequences[1]).toBe((sequences[0] ?? 0) + 1);
  expect(new Slot({ kind: 'audio', ssrc: 1, rtxSsrc: 0 }).padEmpty(7, 1000)).toBeUndefined();
});
