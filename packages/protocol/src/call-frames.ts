/** What the two sides of a call and the server tell each other: the `event` of a `call` frame, in each direction. */
import Type, { type Static } from 'typebox';
import { Address, CallId, Int } from './fields.ts';
import { limits } from './limits.ts';

const Sdp = Type.String({ minLength: 5, maxLength: limits.sdpLength });

/** What the server gives a device to prove a call by, when another node, or the same one later, does not know it. */
const Ticket = Type.String({ minLength: 1, maxLength: limits.callTicketLength });

/**
 * Number of the peer connection in this call: 1, and one more whenever a side that has lost its own (a page that was
 * loaded anew) begins another. What belongs to an older one is ignored.
 */
const Epoch = Int(1, 0xffff);

const description = {
  type: Type.Literal('description'),
  epoch: Epoch,
  kind: Type.Union([Type.Literal('offer'), Type.Literal('answer')]),
  sdp: Sdp,
};

/** ICE candidates in the words of WebRTC (RTCIceCandidateInit); an empty `candidate` says that there are no more. */
const Candidate = Type.Object({
  candidate: Type.String({ maxLength: limits.candidateLength }),
  mid: Type.Optional(Type.String({ maxLength: 64 })),
  line: Type.Optional(Int(0, 255)),
  ufrag: Type.Optional(Type.String({ maxLength: 256 })),
});

const candidates = {
  type: Type.Literal('candidates'),
  epoch: Epoch,
  candidates: Type.Array(Candidate, { minItems: 1, maxItems: limits.candidatesPerFrame }),
};

/** What a side sends at the moment, all of it every time. */
const media = {
  type: Type.Literal('media'),
  audio: Type.Boolean(),
  video: Type.Boolean(),
  /** The video is a screen. */
  screen: Type.Boolean(),
  /** Nothing is sent nor played until it is taken back. */
  hold: Type.Boolean(),
};

const dtmf = {
  type: Type.Literal('dtmf'),
  digits: Type.String({ minLength: 1, maxLength: limits.dtmfLength, pattern: '^[0-9A-D*#]+$' }),
};

/** Names a media room of the server that has this call: another one when the one before was lost. */
const RelaySession = Type.String({ minLength: 1, maxLength: 64 });

/** Which of a device's pairs of connections to the media server: each has a higher number than those before. */
const RelayNumber = Int(1, 0xffff);

/** Why a device ends a call, where it is not the wish of its user. */
const FailureReason = Type.Union([
  Type.Literal('networkError'),
  Type.Literal('networkBlocked'),
  Type.Literal('mediaError'),
  Type.Literal('incompatible'),
]);
export type CallFailure = Static<typeof FailureReason>;

const EndReason = Type.Union([
  Type.Literal('hangup'),
  Type.Literal('cancelled'),
  Type.Literal('declined'),
  Type.Literal('busy'),
  Type.Literal('noAnswer'),
  Type.Literal('offline'),
  Type.Literal('answeredElsewhere'),
  Type.Literal('declinedElsewhere'),
  Type.Literal('merged'),
  Type.Literal('blocked'),
  Type.Literal('notAllowed'),
  Type.Literal('invalidDestination'),
  Type.Literal('tooLong'),
  Type.Literal('lost'),
  Type.Literal('unknown'),
  Type.Literal('rateLimited'),
  ...FailureReason.anyOf,
]);
export type CallEndReason = Static<typeof EndReason>;

/** Events that a device sends, by type. */
export const callRequests = {
  /** Calls a user. Sending it again with the same call id is answered with the state of the call. */
  invite: Type.Object({
    type: Type.Literal('invite'),
    peer: Address,
    video: Type.Boolean(),
    sdp: Type.Optional(Sdp),
  }),
  ringing: Type.Object({ type: Type.Literal('ringing'), waiting: Type.Optional(Type.Boolean()) }),
  busy: Type.Object({ type: Type.Literal('busy') }),
  answer: Type.Object({
    type: Type.Literal('answer'),
    video: Type.Boolean(),
    sdp: Type.Optional(Sdp),
  }),
  decline: Type.Object({ type: Type.Literal('decline') }),
  hangup: Type.Object({ type: Type.Literal('hangup'), reason: Type.Optional(FailureReason) }),
  merge: Type.Object({ type: Type.Literal('merge'), into: CallId }),
  connected: Type.Object({ type: Type.Literal('connected') }),
  description: Type.Object(description),
  candidates: Type.Object(candidates),
  media: Type.Object(media),
  dtmf: Type.Object(dtmf),
  /** No connection comes about between the two: asks that the media goes through the server. */
  relay: Type.Object({ type: Type.Literal('relay') }),
  /** Offers of the two connections to the media server. Sending it again is answered again. */
  relayOffer: Type.Object({
    type: Type.Literal('relayOffer'),
    session: RelaySession,
    number: RelayNumber,
    send: Sdp,
    receive: Sdp,
  }),
  alive: Type.Object({ type: Type.Literal('alive'), ticket: Ticket }),
  resume: Type.Object({ type: Type.Literal('resume'), ticket: Ticket }),
  leaving: Type.Object({ type: Type.Literal('leaving') }),
} as const;

/** Events that the server sends, by type. */
export const callNotices = {
  calling: Type.Object({ type: Type.Literal('calling'), ticket: Ticket, ms: Int() }),
  incoming: Type.Object({
    type: Type.Literal('incoming'),
    from: Address,
    name: Type.String(),
    video: Type.Boolean(),
    ms: Int(),
    sdp: Type.Optional(Sdp),
  }),
  ringing: Type.Object({ type: Type.Literal('ringing'), waiting: Type.Optional(Type.Boolean()) }),
  waking: Type.Object({ type: Type.Literal('waking') }),
  answered: Type.Object({
    type: Type.Literal('answered'),
    video: Type.Boolean(),
    ticket: Ticket,
    sdp: Type.Optional(Sdp),
  }),
  accepted: Type.Object({ type: Type.Literal('accepted'), ticket: Ticket }),
  description: Type.Object(description),
  candidates: Type.Object(candidates),
  media: Type.Object(media),
  dtmf: Type.Object(dtmf),
  /** From now on the media goes through the server: the device makes its connections to this session. */
  relay: Type.Object({ type: Type.Literal('relay'), session: RelaySession }),
  /** The media cannot go through the server. */
  noRelay: Type.Object({ type: Type.Literal('noRelay') }),
  relayAnswer: Type.Object({
    type: Type.Literal('relayAnswer'),
    number: RelayNumber,
    send: Sdp,
    receive: Sdp,
  }),
  /** Which simulcast layers of its picture the device is to send. */
  relayLayers: Type.Object({
    type: Type.Literal('relayLayers'),
    number: RelayNumber,
    layers: Type.Array(Type.Object({ rid: Type.String(), active: Type.Boolean() })),
  }),
  resumed: Type.Object({
    type: Type.Literal('resumed'),
    phase: Type.Union([Type.Literal('ringing'), Type.Literal('answered')]),
  }),
  peerResumed: Type.Object({ type: Type.Literal('peerResumed') }),
  ended: Type.Object({ type: Type.Literal('ended'), reason: EndReason, seconds: Int() }),
} as const;

/** Signalling of a call between two people. Never stored. */
export const CallRequestFrame = Type.Object({
  t: Type.Literal('call'),
  call: CallId,
  event: Type.Union(Object.values(callRequests)),
});

/** Signalling of a call between two people. Never stored. */
export const CallNoticeFrame = Type.Object({
  t: Type.Literal('call'),
  call: CallId,
  event: Type.Union(Object.values(callNotices)),
});

/** An event of a call as a device sends it. */
export type CallRequest = {
  [Name in keyof typeof callRequests]: Static<(typeof callRequests)[Name]>;
}[keyof typeof callRequests];
/** An event of a call as the server tells it. */
export type CallNotice = {
  [Name in keyof typeof callNotices]: Static<(typeof callNotices)[Name]>;
}[keyof typeof callNotices];
export type CallRequestFrame = { t: 'call'; call: string; event: CallRequest };
export type CallNoticeFrame = { t: 'call'; call: string; event: CallNotice };
export type IceCandidate = Static<typeof Candidate>;
