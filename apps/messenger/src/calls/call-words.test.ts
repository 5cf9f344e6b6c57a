import type { CallLog } from '@stoa/protocol';
import { describe, expect, it } from 'vitest';
import { callLogText, clockDuration, endText, spokenDuration } from './call-words.ts';

const log = (fields: Partial<CallLog>): CallLog => ({
  id: 'a',
  outcome: 'answered',
  seconds: 0,
  video: false,
  ...fields,
});

describe('what the page says of calls', () => {
  it('tells in the chat what became of a call, from the side of who reads it', () => {
    expect(callLogText(log({ seconds: 130 }), true)).toBe('Voice call, 2 min 10 s');
    expect(callLogText(log({ seconds: 130, video: true }), false)).toBe('Video call, 2 min 10 s');
    expect(callLogText(log({ outcome: 'missed', video: true }), false)).toBe('Missed video call');
    expect(callLogText(log({ outcome: 'missed' }), true)).toBe('Voice call, no answer');
    expect(callLogText(log({ outcome: 'busy' }), false)).toBe('Missed voice call');
    expect(callLogText(log({ outcome: 'declined' }), false)).toBe('Declined voice call');
    expect(callLogText(log({ outcome: 'declined' }), true)).toBe('Voice call, declined');
  });

  it('tells durations as people say them, and as clocks show them', () => {
    expect([0, 8, 60, 130, 3600, 3900].map(spokenDuration)).toEqual([
      '0 s',
      '8 s',
      '1 min',
      '2 min 10 s',
      '1 h',
      '1 h 5 min',
    ]);
    expect([0, 8.9, 130, 3900].map(clockDuration)).toEqual(['0:00', '0:08', '2:10', '1:05:00']);
  });

  it('names the other side where it is his doing', () => {
    expect(endText('declined', 'Bob')).toBe('Bob declined the call.');
    expect(endText('noAnswer', 'Bob')).toBe('Bob did not answer.');
  });
});
