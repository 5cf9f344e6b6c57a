import { describe, expect, test } from 'vitest';
import { type CloseName, closeCodes, shouldReconnect } from './close-codes.ts';
import { type Code, codes, StoaError } from './codes.ts';

describe('codes', () => {
  const names = Object.keys(codes) as Code[];

  test.each(names)('%s says what is wrong, what to do, and has an HTTP status', (name) => {
    const { message, hint, status, retryable } = codes[name];
    expect(name).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(message).toMatch(/^[A-Z].*\.$/);
    expect(hint).toMatch(/^[A-Z].*\.$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    // What can succeed later is never the request's own fault.
    if (retryable) expect([429, 500, 503, 507]).toContain(status);
  });

  test('an error of a code has its words unless it is given others', () => {
    const plain = new StoaError('RATE_LIMITED');
    expect(plain).toMatchObject({ message: codes.RATE_LIMITED.message, hint: codes.RATE_LIMITED.hint });
    expect(plain).toMatchObject({ name: 'StoaError', status: 429, retryable: true, retryAfterMs: undefined });
    const cause = new Error('disk full');
    const own = new StoaError('UNAVAILABLE', 'No.', { hint: 'Wait.', cause, retryAfterMs: 50 });
    expect(own).toMatchObject({ message: 'No.', hint: 'Wait.', cause, retryAfterMs: 50, status: 503 });
  });
});

describe('close codes', () => {
  const refusals: CloseName[] = ['unauthorized', 'signedOut', 'suspended', 'unsupportedVersion'];

  test('are different, in the range of applications, with a reason that fits a close frame', () => {
    const entries = Object.values(closeCodes);
    expect(new Set(entries.map(({ code }) => code)).size).toBe(entries.length);
    for (const { code, reason } of entries) {
      expect(code).toBeGreaterThanOrEqual(4000);
      expect(code).toBeLessThanOrEqual(4999);
      // RFC 6455 section 5.5.1: 125 bytes with the code.
      expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
    }
  });

  test('from 4500 on say that the same credentials would be refused again', () => {
    for (const [name, { code }] of Object.entries(closeCodes)) {
      expect([name, code >= 4500]).toStrictEqual([name, refusals.includes(name as CloseName)]);
      expect(shouldReconnect(code)).toBe(code < 4500);
    }
  });

  test("of WebSocket itself and of a later version's lower range mean: reconnect", () => {
    for (const code of [1000, 1001, 1005, 1006, 1011, 1015, 4499]) expect(shouldReconnect(code)).toBe(true);
    for (const code of [4500, 4777, 4999]) expect(shouldReconnect(code)).toBe(false);
  });
});
