import type { CallStatus } from '@stoa/client';
import { describe, expect, it } from 'vitest';
import {
  MESIBO_CALLSTATUS_BUSY,
  MESIBO_CALLSTATUS_COMPLETE,
  MESIBO_CALLSTATUS_RINGING,
} from '../constants/call.ts';
import { callStatus } from './call-status.ts';

type Reason = Extract<CallStatus, { phase: 'ended' }>['reason'];

/** A record, so that none can be missing. */
const reasons = {
  hangup: true,
  cancelled: true,
  declined: true,
  busy: true,
  noAnswer: true,
  offline: true,
  answeredElsewhere: true,
  declinedElsewhere: true,
  merged: true,
  blocked: true,
  notAllowed: true,
  invalidDestination: true,
  tooLong: true,
  lost: true,
  unknown: true,
  rateLimited: true,
  networkError: true,
  networkBlocked: true,
  mediaError: true,
  incompatible: true,
} satisfies Record<Reason, true>;
const phases = [
  'starting',
  'calling',
  'waking',
  'ringing',
  'waiting',
  'incoming',
  'answering',
  'connecting',
  'connected',
  'reconnecting',
  'interrupted',
] as const;

describe('the status of a call', () => {
  it.each(Object.keys(reasons) as Reason[])(
    'has the bit of the end when it ended by %s, and is no more than 0x7f',
    (reason) => {
      for (const outgoing of [true, false]) {
        const status = callStatus({ phase: 'ended', reason, seconds: 0 }, outgoing) ?? 0;
        expect(status & MESIBO_CALLSTATUS_COMPLETE).toBe(MESIBO_CALLSTATUS_COMPLETE);
        expect(status).toBeLessThanOrEqual(0x7f);
      }
    },
  );

  it('is the end when the reason is one of a newer server', () => {
    const reason = 'rained off' as Reason;
    expect(callStatus({ phase: 'ended', reason, seconds: 0 }, true)).toBe(MESIBO_CALLSTATUS_COMPLETE);
  });

  it.each(phases)('does not have it while the call is %s', (phase) => {
    expect((callStatus({ phase }, true) ?? 0) & MESIBO_CALLSTATUS_COMPLETE).toBe(0);
  });

  it('tells the caller alone that the other one did not want it', () => {
    const declined: CallStatus = { phase: 'ended', reason: 'declined', seconds: 0 };
    expect(callStatus(declined, true)).toBe(MESIBO_CALLSTATUS_BUSY);
    expect(callStatus(declined, false)).toBe(MESIBO_CALLSTATUS_COMPLETE);
  });

  it('rings, whether or not the other one is in another call', () => {
    expect(callStatus({ phase: 'waiting' }, true)).toBe(MESIBO_CALLSTATUS_RINGING);
  });
});
