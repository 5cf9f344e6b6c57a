import { StoaError } from '@stoa/protocol';
import { describe, expect, it } from 'vitest';
import { connectionStatus } from './connection-status.ts';

const offline = { state: 'offline', reason: 'closed', retryInMs: 1000 } as const;
const refused = (code: 'BAD_TOKEN' | 'WRONG_APP' | 'SUSPENDED' | 'UNSUPPORTED_VERSION', signedOut = false) =>
  ({ state: 'refused', error: new StoaError(code), signedOut }) as const;

describe('connectionStatus', () => {
  it('tells a lost connection from one that never came up, and both from no network', () => {
    expect(connectionStatus(offline, true, true)).toBe(2);
    expect(connectionStatus(offline, false, true)).toBe(7);
    expect(connectionStatus(offline, true, false)).toBe(8);
  });

  it('tells refusals apart', () => {
    expect(connectionStatus(refused('BAD_TOKEN'), false, true)).toBe(4);
    expect(connectionStatus(refused('WRONG_APP'), false, true)).toBe(4);
    expect(connectionStatus(refused('BAD_TOKEN', true), true, true)).toBe(3);
    expect(connectionStatus(refused('SUSPENDED'), false, true)).toBe(10);
    expect(connectionStatus(refused('UNSUPPORTED_VERSION'), false, true)).toBe(21);
  });

  it('passes the other states on', () => {
    const self = { uid: 1, address: 'alice', name: '', dev: 1 };
    expect(connectionStatus({ state: 'online', self }, false, true)).toBe(1);
    expect(connectionStatus({ state: 'connecting' }, false, true)).toBe(6);
    expect(connectionStatus({ state: 'stopped' }, true, true)).toBe(5);
  });
});
