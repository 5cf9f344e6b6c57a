import { groupFlags } from '@stoa/protocol';
import type { Group, MemberCalls } from '@stoa/storage';
import type { RoomRules, UserLimits } from './rooms/index.ts';
import type { Settings } from './settings/index.ts';

/** What the node allows, less what the group does not. */
export function rulesOf(
  settings: Settings,
  { callFlags, callDuration, videoResolution }: Group['settings'],
  flags: number,
): RoomRules {
  const seconds = typeof callDuration === 'number' ? callDuration : 0;
  const durations = [settings.roomMinutes * 60_000, seconds * 1_000].filter((ms) => ms > 0);
  const height = resolutions[typeof videoResolution === 'number' ? videoResolution : 0];
  return {
    participants: settings.roomParticipants,
    longest: durations.length === 0 ? 0 : Math.min(...durations),
    grace: settings.roomGraceSeconds * 1_000,
    height: Math.min(height ?? settings.roomHeight, settings.roomHeight),
    bitrate: height === undefined ? 0 : cameraBitrate(height) + screenBitrate,
    ...mediaOf(typeof callFlags === 'number' ? callFlags : 0),
    codecs: settings.roomCodecs,
    locked: (flags & groupFlags.locked) !== 0,
    waiting: (flags & groupFlags.waitingRoom) !== 0,
  };
}

/** What counts for one member, beside what the group says. */
export function memberLimits({
  callFlags,
  callDuration = 0,
  videoResolution = 0,
}: MemberCalls = {}): UserLimits {
  return {
    height: resolutions[videoResolution],
    longest: callDuration === 0 ? undefined : callDuration * 1_000,
    media: callFlags === undefined ? undefined : mediaOf(callFlags),
  };
}

/** Each limit as the stricter of the two. */
export function strictest(own: UserLimits, other: Omit<UserLimits, 'media'>): UserLimits {
  const least = (a?: number, b?: number): number | undefined =>
    a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
  return {
    height: least(own.height, other.height),
    longest: least(own.longest, other.longest),
    media: own.media,
  };
}

function mediaOf(callFlags: number): Pick<RoomRules, 'audio' | 'video' | 'screen'> {
  const takes = (bit: number): boolean => (callFlags & callFlagBits.valid) === 0 || (callFlags & bit) !== 0;
  return {
    audio: takes(callFlagBits.audio),
    video: takes(callFlagBits.video),
    screen: takes(callFlagBits.screen),
  };
}

/** Of `callFlags`, with the values that mesibo documents; without `valid` they say nothing. */
const callFlagBits = { valid: 0x1, audio: 0x2, video: 0x4, screen: 0x100 } as const;

/** Pixels by mesibo's numbers; none for as much as the node allows. */
const resolutions: Readonly<Record<number, number>> = {
  1: 240,
  2: 480,
  3: 720,
  4: 1080,
  5: 2160,
  8: 120,
  9: 180,
  10: 360,
};

/** Bits per second that a camera of this height needs, all its layers together. */
function cameraBitrate(height: number): number {
  return Math.round(400_000 + 3.5 * height * height);
}

const screenBitrate = 3_000_000;
