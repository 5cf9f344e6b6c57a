import { type DisposableTempDir, mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type Store } from '@stoa/storage';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Administrator, Apps, ensureFirstApp } from './index.ts';

const noPresets = { appToken: null, adminPassword: null };

describe('apps', () => {
  let folder: DisposableTempDir;
  let store: Store;
  let apps: Apps;
  const removed: number[] = [];

  beforeEach(async () => {
    folder = mkdtempDisposableSync(join(tmpdir(), 'stoa-test-'));
    store = await openSqliteStore({ path: `${folder.path}/stoa.db` });
    removed.length = 0;
    apps = new Apps({ store, now: () => 1, publish: ({ uid }) => removed.push(uid) });
  });
  afterEach(async () => {
    await store.close();
    folder.remove();
  });

  it('are proved by a token that is stored as a hash only', async () => {
    const { app, token } = await apps.create('chat');
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect((await apps.authenticate(token)).aid).toBe(app.aid);
    for (const wrong of ['', 'x', token.slice(1), `${token} `]) {
      await expect(apps.authenticate(wrong)).rejects.toMatchObject({ code: 'BAD_CREDENTIALS' });
    }
  });

  it('can get a new token, which voids the old one', async () => {
    const { app, token } = await apps.create('chat');
    const renewed = await apps.renewToken(app.aid);
    await expect(apps.authenticate(token)).rejects.toMatchObject({ code: 'BAD_CREDENTIALS' });
    expect((await apps.authenticate(renewed.token)).aid).toBe(app.aid);
  });

  it('end the sessions of all their users when they are removed', async () => {
    const { app } = await apps.create('chat');
    const other = await apps.create('other');
    const uids: number[] = [];
    for (const address of ['a', 'b', 'c']) {
      uids.push((await store.users.upsert({ aid: app.aid, address, now: 1 })).user.uid);
    }
    await store.users.upsert({ aid: other.app.aid, address: 'a', now: 1 });
    await apps.remove(app.aid);
    expect(removed).toEqual(uids);
    await expect(apps.get(app.aid)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(apps.remove(app.aid)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await apps.list()).map(({ aid }) => aid)).toEqual([other.app.aid]);
  });

  it('can be changed', async () => {
    const { app } = await apps.create('chat');
    await apps.update(app.aid, { name: 'talk', settings: { colour: 'red' } });
    expect(await apps.get(app.aid)).toMatchObject({ name: 'talk', settings: { colour: 'red' } });
    await expect(apps.update(app.aid + 1, { name: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  describe('the first start', () => {
    const ensure = (presets = noPresets as { appToken: string | null; adminPassword: string | null }) => {
      const { settings } = store;
      return ensureFirstApp({ apps, administrator: new Administrator(settings), settings, presets });
    };

    it('makes an app and an administrator, and shows their secrets this once', async () => {
      const first = await ensure();
      expect(first.app?.name).toBe('demo');
      expect((await apps.authenticate(first.appToken ?? '')).aid).toBe(first.app?.aid);
      expect(first.adminPassword).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
      const administrator = new Administrator(store.settings);
      expect(await administrator.isPassword(first.adminPassword ?? '')).toBe(true);
      expect(await ensure()).toEqual({});
    });

    it('takes preset secrets and does not repeat them', async () => {
      const presets = { appToken: 'preset-app-token-of-mine', adminPassword: 'correct horse' };
      const first = await ensure(presets);
      expect(first).toEqual({ app: expect.objectContaining({ name: 'demo' }) });
      expect((await apps.authenticate(presets.appToken)).aid).toBe(first.app?.aid);
      expect(await new Administrator(store.settings).isPassword('correct horse')).toBe(true);
    });

    it('is completed by the next one when it was interrupted', async () => {
      await new Administrator(store.settings).setFirstPassword('correct horse');
      const second = await ensure();
      expect(second.appToken).toBeDefined();
      expect(second.adminPassword).toBeUndefined();
    });

    it('makes one app when several nodes start together', async () => {
      const starts = await Promise.all([ensure(), ensure(), ensure()]);
      expect(await apps.list()).toHaveLength(1);
      expect(starts.filter(({ app }) => app !== undefined)).toHaveLength(1);
      expect(starts.filter(({ adminPassword }) => adminPassword !== undefined)).toHaveLength(1);
    });

    it('is not left to a node that claimed it and died', async () => {
      await store.settings.setOnce('first-app/0', `${Date.now() - 60_000} the dead one`);
      expect((await ensure()).app?.name).toBe('demo');
      expect(await apps.list()).toHaveLength(1);
    });
  });

  describe('the administrator', () => {
    it('is known by his password, and by nothing else', async () => {
      const administrator = new Administrator(store.settings);
      expect(await administrator.isPassword('')).toBe(false);
      await administrator.setFirstPassword('correct horse');
      expect(await administrator.setFirstPassword('another')).toBe(false);
      expect(await administrator.isPassword('correct horse')).toBe(true);
      expect(await administrator.isPassword('correct horse')).toBe(true);
      expect(await administrator.isPassword('correct hors')).toBe(false);
      expect(await store.settings.get('administrator-password')).not.toContain('horse');
    });

    it('cannot be made to check passwords without end', async () => {
      const administrator = new Administrator(store.settings);
      const guesses = Array.from({ length: 12 }, (_, i) => administrator.isPassword(`guess ${i}`));
      const results = await Promise.allSettled(guesses);
      expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(4);
    });
  });
});
