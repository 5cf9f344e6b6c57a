import type { CallQuality } from './call-types.ts';

/** What counts of a report of WebRTC's statistics, as sums since the beginning. */
export interface MediaSample {
  /** Milliseconds. */
  readonly at: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly packetsIn: number;
  readonly packetsLostIn: number;
  readonly lossOut: number | undefined;
  readonly rttMs: number | undefined;
  readonly jitterMs: number | undefined;
  readonly kbitAvailable: number | undefined;
  readonly relayed: boolean | undefined;
  readonly video: CallQuality['video'] | undefined;
}

/** The members of statistics that are read here; the types of browsers know fewer. */
export interface StatisticsEntry {
  readonly id: string;
  readonly type: string;
  readonly kind?: string;
  readonly bytesReceived?: number;
  readonly bytesSent?: number;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly fractionLost?: number;
  readonly jitter?: number;
  readonly currentRoundTripTime?: number;
  readonly availableOutgoingBitrate?: number;
  readonly selectedCandidatePairId?: string;
  readonly localCandidateId?: string;
  readonly candidateType?: string;
  readonly frameWidth?: number;
  readonly frameHeight?: number;
  readonly framesPerSecond?: number;
}

export function sampleOf(report: ReadonlyMap<string, StatisticsEntry>, at: number): MediaSample {
  const entries = [...report.values()];
  const ofType = (type: string): StatisticsEntry[] => entries.filter((entry) => entry.type === type);
  const sum = (
    type: string,
    member: 'bytesReceived' | 'bytesSent' | 'packetsReceived' | 'packetsLost',
  ): number => ofType(type).reduce((total, entry) => total + (entry[member] ?? 0), 0);
  const transport = ofType('transport').find(
    ({ selectedCandidatePairId }) => selectedCandidatePairId !== undefined,
  );
  const pair = report.get(transport?.selectedCandidatePairId ?? '');
  const local = report.get(pair?.localCandidateId ?? '');
  const incoming = ofType('inbound-rtp');
  const audio = incoming.find(({ kind }) => kind === 'audio');
  const video = incoming.find(
    ({ kind, framesPerSecond }) => kind === 'video' && framesPerSecond !== undefined,
  );
  const losses = ofType('remote-inbound-rtp').flatMap(({ fractionLost }) => fractionLost ?? []);
  const { currentRoundTripTime: rtt, availableOutgoingBitrate: available } = pair ?? {};
  return {
    at,
    bytesIn: sum('inbound-rtp', 'bytesReceived'),
    bytesOut: sum('outbound-rtp', 'bytesSent'),
    packetsIn: sum('inbound-rtp', 'packetsReceived'),
    packetsLostIn: sum('inbound-rtp', 'packetsLost'),
    lossOut: losses.length === 0 ? undefined : Math.max(...losses),
    rttMs: rtt === undefined ? undefined : rtt * 1_000,
    jitterMs: audio?.jitter === undefined ? undefined : audio.jitter * 1_000,
    kbitAvailable: available === undefined ? undefined : available / 1_000,
    relayed: local?.candidateType === undefined ? undefined : local.candidateType === 'relay',
    video:
      video?.frameWidth === undefined || video.frameHeight === undefined
        ? undefined
        : { width: video.frameWidth, height: video.frameHeight, framesPerSecond: video.framesPerSecond ?? 0 },
  };
}

/** How good the connection was between two samples. */
export function qualityOf(before: MediaSample, after: MediaSample, videoPaused: boolean): CallQuality {
  const ms = after.at - before.at;
  const kbit = (bytes: number): number => (ms <= 0 ? 0 : Math.max(0, Math.round((bytes * 8) / ms)));
  const received = after.packetsIn - before.packetsIn;
  const lost = Math.max(0, after.packetsLostIn - before.packetsLostIn);
  const lossIn = received + lost <= 0 ? undefined : lost / (received + lost);
  const { rttMs, lossOut, jitterMs, kbitAvailable, relayed, video } = after;
  return {
    level: levelOf(rttMs, Math.max(lossIn ?? 0, lossOut ?? 0), jitterMs),
    ...defined({ rttMs: rounded(rttMs), lossIn, lossOut, jitterMs: rounded(jitterMs), relayed, video }),
    kbitIn: kbit(after.bytesIn - before.bytesIn),
    kbitOut: kbit(after.bytesOut - before.bytesOut),
    ...defined({ kbitAvailable: rounded(kbitAvailable) }),
    videoPaused,
  };
}

/** Where people begin to notice, and where they begin to give up (after ITU-T G.107 and G.114). */
function levelOf(rttMs = 0, loss = 0, jitterMs = 0): CallQuality['level'] {
  if (rttMs > 500 || loss > 0.1 || jitterMs > 80) return 'poor';
  return rttMs > 250 || loss > 0.03 || jitterMs > 30 ? 'fair' : 'good';
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value);
}

function defined<Value extends object>(
  value: Value,
): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [Key in keyof Value]?: Exclude<Value[Key], undefined>;
  };
}
