import { SenderClock } from '../../../packages/media/src/forwarding/sender-clock.ts';
import { Slot } from '../../../packages/media/src/forwarding/slot.ts';
import { Source } from '../../../packages/media/src/forwarding/source.ts';
import { frameAssembler, type RecordedPacket } from '../../../packages/media/src/recording/frames.ts';
import { ReorderBuffer } from '../../../packages/media/src/recording/reorder-buffer.ts';
import { readRtcp } from '../../../packages/media/src/rtcp/read.ts';
import { writeRtcp } from '../../../packages/media/src/rtcp/write.ts';
import {
  newHeaderExtensions,
  readHeaderExtensions,
} from '../../../packages/media/src/rtp/header-extensions.ts';
import { isRtcp, newRtpHeader, readRtpHeader } from '../../../packages/media/src/rtp/rtp-header.ts';
import { type OfferedSection, readPublishOffer } from '../../../packages/media/src/sdp/publish-offer.ts';
import { ArrivalLog } from '../../../packages/media/src/transport/arrival-log.ts';
import { findStream, maxSsrcs } from '../../../packages/media/src/transport/stream-finder.ts';
import { type Corpus, readCorpus, type Target } from '../target.ts';

const codecs = ['vp8', 'vp9', 'h264', 'av1'];

/** What a publisher sends, on its way to a viewer and into a recording: all but the library and the disk. */
export const publisher: Target = {
  corpora: codecs.map((codec) => readCorpus(`rtp-${codec}`)),
  open({ name }: Corpus) {
    const offer = readCorpus('sdp').inputs[codecs.findIndex((codec) => name.includes(codec))];
    const { sections } = readPublishOffer(Buffer.from(offer ?? []).toString());
    const path = new Path(sections);
    return (input) => path.take(Buffer.from(input));
  },
};

interface Lane {
  readonly source: Source;
  readonly section: OfferedSection;
  readonly slot: Slot;
  readonly buffer: ReorderBuffer<RecordedPacket>;
}

class Path {
  readonly #sections: readonly OfferedSection[];
  readonly #lanes = new Map<number, Lane & { isRtx: boolean }>();
  readonly #header = newRtpHeader();
  readonly #extensions = newHeaderExtensions();
  readonly #arrivals = new ArrivalLog();
  readonly #clock = new SenderClock();
  /** Five milliseconds pass with each packet. */
  #now = 1_800_000_000_000;

  constructor(sections: readonly OfferedSection[]) {
    this.#sections = sections;
  }

  take(packet: Buffer): void {
    this.#now += 5;
    if (isRtcp(packet)) this.#takeRtcp(packet);
    else this.#takeRtp(packet);
    if (this.#now % 100 === 0) this.#tick();
  }

  #takeRtp(packet: Buffer): void {
    const header = this.#header;
    const extensions = this.#extensions;
    if (!readRtpHeader(packet, header)) return;
    const lane = this.#lanes.get(header.ssrc) ?? this.#bind(packet);
    if (lane === undefined) return;
    const { source, slot, section } = lane;
    readHeaderExtensions(packet, header, section.extensions, extensions);
    if (extensions.transportSequence >= 0) this.#arrivals.add(extensions.transportSequence, this.#now);
    const found = lane.isRtx
      ? source.receiveAgain(packet, header, extensions, this.#now)
      : source.receive(packet, header, extensions, this.#now);
    if (found === undefined) return;
    const segment = slot.take(source, found);
    if (segment !== undefined) slot.write(segment, found, found.sequence & 0xffff, this.#now);
    const { sequence, receivedAt, timestamp, marker, buffer, payloadStart, payloadEnd } = found;
    const payload = Uint8Array.from(buffer.subarray(payloadStart, payloadEnd));
    const { startsKeyFrame } = found.payload;
    lane.buffer.push({ sequence, receivedAt, timestamp, marker, startsKeyFrame, payload });
  }

  #bind(packet: Buffer): (Lane & { isRtx: boolean }) | undefined {
    const { ssrc, payloadType } = this.#header;
    const found = findStream(packet, this.#header, this.#sections);
    if (found === undefined || this.#lanes.size >= maxSsrcs) return undefined;
    const { section, rid, isRtx } = found;
    const repaired = [...this.#lanes.values()].find((lane) => !lane.isRtx && lane.source.rid === rid);
    const codec = section.codecs.find((each) => each.payloadType === payloadType)?.codec;
    const lane = isRtx ? repaired : codec === undefined ? undefined : this.#newLane(section, rid, codec);
    if (lane === undefined) return undefined;
    const bound = { ...lane, isRtx };
    this.#lanes.set(ssrc, bound);
    return bound;
  }

  #newLane(section: OfferedSection, rid: string, codec: Source['codec']): Lane {
    const source = new Source({
      ssrc: this.#header.ssrc,
      codec,
      rid,
      stream: section.mid,
      clock: this.#clock,
    });
    const slot = new Slot({ kind: source.kind, ssrc: 1000, rtxSsrc: source.kind === 'video' ? 1001 : 0 });
    slot.show(source);
    const assembler = frameAssembler(
      codec,
      () => {},
      () => source.keyFrames.want(),
    );
    const buffer = new ReorderBuffer<RecordedPacket>((each, lost) => assembler.push(each, lost));
    return { source, section, slot, buffer };
  }

  #takeRtcp(packet: Buffer): void {
    for (const message of readRtcp(packet)) {
      if (message.type === 'senderReport')
        this.#lanes.get(message.ssrc)?.source.addSenderReport(message, this.#now);
      writeRtcp(message);
    }
  }

  #tick(): void {
    for (const { source, slot, buffer } of this.#lanes.values()) {
      const sequences = source.missing(this.#now, 80);
      if (sequences.length > 0) writeRtcp({ type: 'nack', sender: 1, ssrc: source.ssrc, sequences });
      writeRtcp({ type: 'receiverReport', ssrc: 1, reports: [source.report(this.#now)] });
      const report = slot.senderReport(this.#now);
      if (report !== undefined) writeRtcp(report);
      slot.sendAgain(this.#now & 0xffff, 1, this.#now);
      slot.pad(this.#now & 7, 1, this.#now);
      buffer.release(this.#now);
      source.statistics(this.#now);
    }
    const feedback = this.#arrivals.flush(1, 1);
    if (feedback !== undefined) writeRtcp(feedback);
  }
}
