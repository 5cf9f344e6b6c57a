import { setting } from './setting.ts';
import { listOf, oneOf, wholeNumber } from './setting-types.ts';

/** Settings of conferences. A group may set less for its own. */
export const roomSettings = {
  roomParticipants: setting({
    group: 'calls',
    env: 'STOA_ROOM_PARTICIPANTS',
    type: wholeNumber(1, 10_000),
    fallback: 500,
    description: 'Devices that may be in one conference at a time.',
  }),
  roomMinutes: setting({
    group: 'calls',
    env: 'STOA_ROOM_MINUTES',
    type: wholeNumber(0, 100_000),
    fallback: 0,
    description: 'For how long a conference may last; 0 for no limit.',
  }),
  roomGraceSeconds: setting({
    group: 'calls',
    env: 'STOA_ROOM_GRACE_SECONDS',
    type: wholeNumber(1, 600),
    fallback: 20,
    description: 'For how long a device that is lost may come back to its conference as who it was.',
  }),
  roomHeight: setting({
    group: 'calls',
    env: 'STOA_ROOM_HEIGHT',
    type: wholeNumber(90, 4320),
    fallback: 2160,
    description: 'Pixels in which pictures of a conference are sent to those who watch, at the most.',
  }),
  roomCodecs: setting({
    group: 'calls',
    env: 'STOA_ROOM_CODECS',
    type: listOf(
      oneOf('opus', 'VP8', 'VP9', 'H264', 'AV1'),
      'some of opus, VP8, VP9, H264 and AV1, separated by commas',
    ),
    fallback: ['opus', 'VP8', 'VP9', 'H264', 'AV1'] as const,
    description: 'Codecs that may be published in conferences.',
  }),
} as const;
