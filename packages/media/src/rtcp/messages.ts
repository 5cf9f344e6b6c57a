/** What an RTCP packet says. Several of them travel in one datagram. */
export type RtcpMessage =
  | SenderReport
  | ReceiverReport
  | SourceDescription
  | Bye
  | Nack
  | PictureLoss
  | FullIntraRequest
  | ReceiverEstimate
  | TransportFeedback;

export interface ReportBlock {
  readonly ssrc: number;
  /** Of the packets since the last report, 0 to 1. */
  readonly fractionLost: number;
  readonly totalLost: number;
  readonly highestSequence: number;
  /** In ticks of the stream's clock. */
  readonly jitter: number;
  /** The middle 32 bits of the last sender report's time; 0 for none. */
  readonly lastReport: number;
  /** Since that report came, in units of 1/65536 s. */
  readonly delaySinceLastReport: number;
}

export interface SenderReport {
  readonly type: 'senderReport';
  readonly ssrc: number;
  /** Milliseconds since 1900, with fractions. */
  readonly ntpMs: number;
  /** The same moment in the stream's timestamps. */
  readonly timestamp: number;
  readonly packets: number;
  readonly bytes: number;
  readonly reports: readonly ReportBlock[];
}

export interface ReceiverReport {
  readonly type: 'receiverReport';
  readonly ssrc: number;
  readonly reports: readonly ReportBlock[];
}

export interface SourceDescription {
  readonly type: 'sourceDescription';
  readonly sources: readonly { readonly ssrc: number; readonly cname: string }[];
}

export interface Bye {
  readonly type: 'bye';
  readonly ssrcs: readonly number[];
}

export interface Nack {
  readonly type: 'nack';
  readonly sender: number;
  readonly ssrc: number;
  /** Of 16 bits. */
  readonly sequences: readonly number[];
}

export interface PictureLoss {
  readonly type: 'pictureLoss';
  readonly sender: number;
  readonly ssrc: number;
}

export interface FullIntraRequest {
  readonly type: 'fullIntraRequest';
  readonly sender: number;
  readonly requests: readonly { readonly ssrc: number; readonly sequence: number }[];
}

/** REMB: the bitrate that the receiver believes it can take, for all streams that it names together. */
export interface ReceiverEstimate {
  readonly type: 'receiverEstimate';
  readonly sender: number;
  /** Bits per second. */
  readonly bitrate: number;
  readonly ssrcs: readonly number[];
}

/** transport-cc: when each packet of the transport arrived. */
export interface TransportFeedback {
  readonly type: 'transportFeedback';
  readonly sender: number;
  readonly ssrc: number;
  /** Number of this message, 8 bits. */
  readonly count: number;
  /** Of 16 bits; the others follow it without gaps. */
  readonly firstSequence: number;
  /** When each came, in milliseconds of the receiver's clock, in steps of 0.25; -1 for what did not come. */
  readonly arrivals: readonly number[];
}
