import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type Store } from '@stoa/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Otps } from './index.ts';

describe('one-time codes', () => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'stoa-test-'));
  let store: Store;
  let otps: Otps;
  let aid: number;
  let now = 1_000;

  beforeAll(async () => {
    store = await openSqliteStore({ path: `${folder.path}/stoa.db` });
    otps = new Otps({ store, now: () => now });
    ({ aid } = await store.apps.create({ name: 'test', tokenHash: new Uint8Array(32), now }));
  });
  afterAll(async () => {
    await store.close();
    folder.remove();
  });

  const use = (code: string, address = 'alice', app = aid) =>
    otps.consume(app, address, code).then(
      () => 'ok',
      (error: { code?: string }) => error.code,
    );
  const wrongFor = (code: string) => (code === '000000' ? '000001' : '000000');

  it('are six digits that work once, for their address and app', async () => {
    const { code, expiresAt } = await otps.create(aid, 'alice');
    expect(code).toMatch(/^\d{6}$/);
    expect(expiresAt).toBe(now + 300_000);
    expect(await use(code, 'bob')).toBe('WRONG_OTP');
    expect(await use(code, 'alice', aid + 1)).toBe('WRONG_OTP');
    expect(await use(code)).toBe('ok');
    expect(await use(code)).toBe('WRONG_OTP');
  });

  it('bear as many wrong tries as was asked for', async () => {
    const { code } = await otps.create(aid, 'alice', { tries: 2 });
    expect(await use(wrongFor(code))).toBe('WRONG_OTP');
    expect(await use(wrongFor(code))).toBe('WRONG_OTP');
    expect(await use(code)).toBe('WRONG_OTP');
  });

  it('can be used as often as was asked for', async () => {
    const { code } = await otps.create(aid, 'alice', { uses: 2 });
    expect([await use(code), await use(code), await use(code)]).toEqual(['ok', 'ok', 'WRONG_OTP']);
  });

  it('expire', async () => {
    const { code } = await otps.create(aid, 'alice', { seconds: 10 });
    now += 10_000;
    expect(await use(code)).toBe('WRONG_OTP');
  });

  it('are replaced by a newer one', async () => {
    const first = await otps.create(aid, 'alice');
    let second = await otps.create(aid, 'alice');
    while (second.code === first.code) second = await otps.create(aid, 'alice');
    expect(await use(first.code)).toBe('WRONG_OTP');
    expect(await use(second.code)).toBe('ok');
  });
});
