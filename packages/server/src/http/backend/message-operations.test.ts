import { unpackValue } from '@stoa/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpFixture, openHttp } from '../http-fixture.ts';

describe('the message operation of the back-end API', () => {
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await openHttp();
    for (const address of ['alice', 'bob', 'carol'])
      await fixture.backend({ op: 'useradd', user: { address } });
  });
  afterAll(() => fixture.close());

  async function stored(mid: unknown) {
    const message = await fixture.store.log.find(Number(mid));
    return { ...message, content: unpackValue(message?.content ?? new Uint8Array()) };
  }

  it('stores a message in the newer form', async () => {
    const answer = await fixture.backend({
      op: 'message',
      message: {
        from: 'alice',
        to: 'bob',
        gid: 0,
        type: 7,
        expiry: 3600,
        when: 0,
        flags: null,
        forced: true,
        title: 'A picture',
        message: 'Look!',
        url: 'https://example.com/cat.jpg',
      },
    });
    expect(answer).toMatchObject({ op: 'message', result: true });
    expect(await stored(answer.mid)).toMatchObject({
      type: 7,
      dev: 0,
      flags: 3,
      content: { title: 'A picture', text: 'Look!', file: { url: 'https://example.com/cat.jpg' } },
    });
  });

  it('schedules a message, by a time in seconds or milliseconds', async () => {
    const at = Math.floor(Date.now() / 1000) + 3600;
    for (const when of [at, at * 1000]) {
      const message = { from: 'alice', to: 'bob', message: 'Later', when };
      expect(await fixture.backend({ op: 'message', message })).toMatchObject({
        result: true,
        when: at * 1000,
      });
    }
    const sender = (await fixture.store.users.findByAddress(fixture.aid, 'alice'))?.uid ?? 0;
    const waiting = await fixture.store.schedule.list({ sender, limit: 5 });
    expect(waiting.map((one) => [one.dev, one.at])).toEqual([
      [0, at * 1000],
      [0, at * 1000],
    ]);
  });

  it('stores a message in the older form', async () => {
    const answer = await fixture.query({
      op: 'message',
      from: 'alice',
      to: 'bob',
      channel: '2',
      type: '1',
      expiry: '60',
      flag: '1',
      forced: '1',
      msg: 'Hello',
    });
    expect(answer).toMatchObject({ op: 'message', result: true });
    expect(await stored(answer.mid)).toMatchObject({
      type: 1,
      flags: 1,
      content: { text: 'Hello', fields: { channel: 2 } },
    });
  });

  it('takes the text as "message" in the flat form, too', async () => {
    const answer = await fixture.backend({ op: 'message', from: 'alice', to: 'bob', message: 'flat' });
    expect(await stored(answer.mid)).toMatchObject({ content: { text: 'flat' } });
  });

  it('sends to several receivers, separated by commas', async () => {
    const answer = await fixture.query({ op: 'message', from: 'alice', to: 'bob, carol,,bob', msg: 'all' });
    const sent = answer.messages as { to: string; mid: number }[];
    expect(sent.map(({ to }) => to)).toEqual(['bob', 'carol']);
    expect(answer.mid).toBe(sent[0]?.mid);
  });

  it('stores nothing with the transient flag or an expiry of 0', async () => {
    const before = await fixture.snapshot();
    for (const how of [{ flag: '4' }, { expiry: '0' }]) {
      const answer = await fixture.query({ op: 'message', from: 'alice', to: 'bob', msg: 'now', ...how });
      expect(answer).toMatchObject({ result: true, mid: expect.any(Number) });
    }
    expect(await fixture.snapshot()).toBe(before);
  });

  it.each([
    ['an unknown sender', { from: 'nobody' }, 'NOTFOUND', 'NOT_FOUND'],
    ['an unknown receiver', { to: 'nobody' }, 'INVALIDDEST', 'INVALID_DESTINATION'],
    ['an unknown receiver among others', { to: 'bob,nobody' }, 'INVALIDDEST', 'INVALID_DESTINATION'],
    ['a group', { gid: '5' }, 'INVALIDDEST', 'INVALID_DESTINATION'],
    ['no receiver', { to: ' , ' }, 'BADREQ', 'BAD_REQUEST'],
    ['no text', { msg: '' }, 'BADREQ', 'BAD_REQUEST'],
    ['a time in ten years', { when: '2082758400' }, 'BADREQ', 'BAD_REQUEST'],
    ['a time and no expiry', { when: '2082758400', expiry: '0' }, 'BADREQ', 'BAD_REQUEST'],
    ['too long an expiry', { expiry: '99999999' }, 'BADREQ', 'BAD_REQUEST'],
    ['too many receivers', { to: Array.from({ length: 1001 }, (_, i) => i).join() }, 'TOOLARGE', 'TOO_LARGE'],
  ])('refuses %s and stores nothing', async (_what, parameters, error, code) => {
    const before = await fixture.snapshot();
    const whole: Record<string, string> = { from: 'alice', to: 'bob', msg: 'x', ...parameters };
    const answer = await fixture.backend({ op: 'message', ...whole });
    expect(answer).toMatchObject({ op: 'message', result: false, error, code, hint: expect.any(String) });
    expect(await fixture.snapshot()).toBe(before);
  });
});
