import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminPassword, type HttpFixture, openHttp } from '../http-fixture.ts';

describe('app operations of the back-end API', () => {
  let fixture: HttpFixture;
  const key = adminPassword;
  beforeAll(async () => {
    fixture = await openHttp();
  });
  afterAll(() => fixture.close());

  it('appadd makes an app with the account key', async () => {
    const answer = await fixture.query({ op: 'appadd', key, name: 'Tea' });
    expect(answer).toMatchObject({ op: 'appadd', result: true, app: { name: 'Tea', token: answer.token } });
    expect(await fixture.query({ op: 'users', token: String(answer.token) })).toMatchObject({ result: true });
  });

  it.each([
    ['appadd without a key', { op: 'appadd', name: 'x' }],
    ['appadd with a wrong key', { op: 'appadd', key: 'wrong', name: 'x' }],
    ['appdel with the app token only', { op: 'appdel' }],
    ['appset with a wrong key', { op: 'appset', key: 'wrong', name: 'x' }],
  ])('%s is refused', async (_what, parameters) => {
    const before = await fixture.snapshot();
    expect(await fixture.backend(parameters)).toMatchObject({ result: false, error: 'AUTHFAIL' });
    expect(await fixture.snapshot()).toBe(before);
  });

  it('appset renames the app of the token, and for the administrator any app', async () => {
    expect(await fixture.backend({ op: 'appset', app: { name: 'Mine' } })).toMatchObject({
      result: true,
      app: { aid: fixture.aid, name: 'Mine' },
    });
    const { app } = await fixture.options.apps.create('other');
    expect(await fixture.backend({ op: 'appset', aid: app.aid, name: 'Stolen' })).toMatchObject({
      error: 'DENIED',
    });
    expect(await fixture.backend({ op: 'appset', key, aid: app.aid, name: 'Renamed' })).toMatchObject({
      app: { aid: app.aid, name: 'Renamed' },
    });
  });

  it('appdel removes an app by its token or its number', async () => {
    const [one, two] = [await fixture.options.apps.create('one'), await fixture.options.apps.create('two')];
    expect(await fixture.query({ op: 'appdel', key, token: one.token })).toMatchObject({ result: true });
    expect(await fixture.query({ op: 'appdel', key, aid: String(two.app.aid) })).toMatchObject({
      result: true,
    });
    expect((await fixture.options.apps.list()).map(({ aid }) => aid)).not.toContain(one.app.aid);
    expect(await fixture.query({ op: 'appdel', key, aid: String(two.app.aid) })).toMatchObject({
      error: 'NOTFOUND',
    });
  });
});
