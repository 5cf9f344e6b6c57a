import type { RoomRules } from '../room-state.ts';

/** Rules by which a room lets everything happen, and waits twenty seconds for who is gone. */
export const openRules: RoomRules = {
  participants: 9,
  longest: 0,
  grace: 20_000,
  height: 720,
  bitrate: 0,
  audio: true,
  video: true,
  screen: true,
  locked: false,
  waiting: false,
  codecs: ['VP8'],
};
