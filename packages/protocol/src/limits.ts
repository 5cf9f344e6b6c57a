/**
 * Bounds of everything that a peer can put on the wire. They belong to the protocol, so that a client can
 * refuse early what the server would refuse anyway. Rates and quotas are settings of a server, not listed here.
 */
export const limits = {
  /** Bytes of one WebSocket message (which may hold several frames); a larger frame goes alone, from a server only. */
  socketMessageBytes: 512 * 1024,
  /** Frames in one WebSocket message. */
  framesPerSocketMessage: 256,
  /** Nesting of maps and arrays in one frame, the frame itself being the first level. */
  frameDepth: 16,
  /** Bytes of the encoded content of one message. */
  contentBytes: 64 * 1024,
  /** Nesting of maps and arrays in the content of one message, the content itself being the first level. */
  contentDepth: 8,
  /** Characters (Unicode code points) of a user's address. */
  addressLength: 63,
  /** Characters of a name shown to people. */
  nameLength: 127,
  /** Characters of a device id; a device makes it from at least 96 random bits. */
  deviceIdMin: 16,
  deviceIdMax: 64,
  /** Characters of a user token. */
  tokenMin: 17,
  tokenMax: 256,
  /** Addresses in one `watch` frame, and watched by one session. */
  watchPerFrame: 200,
  watchPerSession: 2_000,
  /** Messages in one page of history. */
  historyPage: 100,
  /** Unacknowledged message frames in flight towards one device before the server waits. */
  deliveryWindow: 256,
  /** Sends that a client may have unanswered on one connection. */
  sendWindow: 256,
  /** `request` frames that may wait for their answer on one connection. */
  requestWindow: 64,
  /** Characters of the key of a shared value, and bytes of its value in msgpack. */
  stateKeyLength: 160,
  stateBytes: 16 * 1024,
  /** Values in one `state.set`, and of one user. */
  statePerRequest: 100,
  statePerUser: 20_000,
  /** Messages in one answer to `messages.search`. */
  searchPage: 50,
  /** Characters of what is searched for. */
  searchLength: 127,
  /** Messages of one sender that wait for their time. */
  scheduledPerUser: 1_000,
  /** Seconds for which a message may be scheduled ahead: one year. */
  scheduleSeconds: 365 * 24 * 3600,
  /** Characters of an emoji, which may be made of several. */
  emojiLength: 32,
  /** Different emoji on one message, and reactions of all users together. */
  emojiPerMessage: 20,
  reactionsPerMessage: 2_000,
  /** Messages that are pinned in one conversation. */
  pinsPerConversation: 50,
  /** Options of a poll, and characters of one and of the question. */
  pollOptions: 12,
  pollOptionLength: 100,
  pollQuestionLength: 255,
  /** Users that one message mentions. */
  mentionsPerMessage: 50,
  /** Bytes of the thumbnail that a message carries of its file. */
  thumbnailBytes: 16 * 1024,
  /** Bytes of the waveform of a voice note. */
  waveformBytes: 128,
  /** Cards of people in one message; phone numbers and mail addresses on one card, and characters of one of them. */
  contacts: 20,
  contactLines: 10,
  contactLine: 255,
  /** Characters of what a message says about a link in it. */
  previewUrl: 2048,
  previewTitle: 200,
  previewDescription: 500,
  /** Pixels of a picture that is uploaded. */
  picturePixels: 250_000_000,
  /** Characters of the name of a file. */
  fileNameLength: 255,
  /** Seconds a message may wait for delivery: one year. */
  expirySeconds: 365 * 24 * 3600,
  /** Characters of the id of a call; its caller makes it from at least 96 random bits. */
  callIdMin: 16,
  callIdMax: 64,
  /** Characters of a session description, of an ICE candidate, and candidates in one frame and kept while it rings. */
  sdpLength: 32 * 1024,
  candidateLength: 512,
  candidatesPerFrame: 32,
  candidatesKept: 64,
  /** Characters of the ticket of a call. */
  callTicketLength: 1024,
  /** Keys pressed in one `dtmf`. */
  dtmfLength: 32,
  /** Members of one group, and groups in which one user is a member. */
  groupMembers: 10_000,
  groupsPerUser: 1_000,
  /** Users in one operation on a group, and members in one answer to `groups.members.list`. */
  groupUsersPerRequest: 200,
  groupMemberPage: 200,
  /** Groups in one answer to `groups.list`. */
  groupPage: 50,
  /** PINs of one group, and users who wait to be let in. */
  groupPins: 50,
  groupRequests: 1_000,
  /** Members up to which presence (such as typing) is passed on, and of a group whose members get messages in turn. */
  groupPresenceMembers: 1_000,
  groupTurnMembers: 1_000,
  /** Members up to which everybody is told who comes and goes. */
  groupToldMembers: 1_000,
  /** Ranges of places in one `conversation`. */
  hiddenRanges: 50,
  /** Characters of a group's status and of the address of its picture. */
  groupStatusLength: 1024,
  groupImageLength: 4096,
  /** Seconds that a group or PIN may be meant to last: ten years. */
  groupExpirySeconds: 10 * 365 * 24 * 3600,
  /** Streams of one participant of a room, and the highest number of one. */
  roomStreams: 8,
  roomStreamNumber: 255,
  /** Streams in one `rooms.watch`, and participants in one `rooms.control`. */
  roomWishes: 200,
  /** Characters of a session description in a room. */
  roomSdpLength: 200_000,
  /** Characters of a reaction. */
  roomReactionLength: 32,
  /** Rooms in which one device is at a time. */
  roomsPerDevice: 16,
  /** Encoders of one user in a room. */
  whipSessionsPerUser: 8,
  /** Players of one user in a room. */
  whepSessionsPerUser: 100,
  /** Seconds in which a media token may be used. */
  mediaTokenSeconds: 31_536_000,
  /** Characters of the endpoint of a push subscription or the token of a provider, and of one of its keys. */
  pushTargetLength: 1024,
  pushKeyLength: 128,
  /** Characters of the status of a user, and of the address of a picture that is elsewhere. */
  profileStatusLength: 512,
  pictureUrlLength: 2048,
  /** Values in a profile, characters of the key of one, bytes of one in msgpack. */
  profileFields: 50,
  /** The highest access level, and how many one contact can have. */
  accessLevel: 255,
  accessLevels: 32,
  profileKeyLength: 64,
  profileFieldBytes: 2048,
  /** Characters of the tag of a profile. */
  profileTagLength: 40,
  /** Users in one `profiles.get`. */
  profilesPerRequest: 100,
  /** Users in one answer to `profiles.search`. */
  profileSearchPage: 30,
  /** Seconds a presence value may stay valid. */
  presenceSeconds: 3600,
} as const;
