/** What the transports of a process have done since it began. Publishers send `in`, viewers are sent `out`. */
export interface MediaCounters {
  /** Datagrams of RTP and RTCP. */
  packetsIn: number;
  packetsOut: number;
  bytesIn: number;
  bytesOut: number;
  /** Packets that did not come from publishers, also not in time for a report; and that viewers say did not come. */
  lostIn: number;
  lostOut: number;
  /** Packets that viewers were sent once more. */
  retransmitted: number;
  /** Requests for lost packets: of viewers, and to publishers. */
  nacksIn: number;
  nacksOut: number;
  /** Requests for key frames: of viewers, and to publishers. */
  keyFrameRequestsIn: number;
  keyFrameRequestsOut: number;
  /** Those that are open now. */
  transports: number;
}

export function newMediaCounters(): MediaCounters {
  return {
    packetsIn: 0,
    packetsOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    lostIn: 0,
    lostOut: 0,
    retransmitted: 0,
    nacksIn: 0,
    nacksOut: 0,
    keyFrameRequestsIn: 0,
    keyFrameRequestsOut: 0,
    transports: 0,
  };
}
