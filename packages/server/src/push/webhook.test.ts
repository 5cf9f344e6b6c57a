import { createHmac } from 'node:crypto';
import { ManualClock } from '@stoa/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HttpService, type Reply } from './testing/http-service.ts';
import { deviceOf, messageNote, never } from './testing/notes.ts';
import { Webhook } from './webhook.ts';

const clock = new ManualClock();
const secret = 'a secret of the two';
let service: HttpService;
const replies: Reply[] = [];

beforeAll(async () => {
  service = await HttpService.open(() => replies.shift() ?? { status: 204 });
});
afterAll(() => service.close());

const send = () =>
  new Webhook({ url: `${service.url}/push`, secret, clock }).send(deviceOf('hms'), messageNote, never);

it('gets the device and the note, signed with the secret', async () => {
  expect(await send()).toEqual({ kind: 'sent' });
  const [{ headers, body, path } = { headers: {}, body: '', path: '' }] = service.received;
  const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['stoa-signature'])) ?? [];
  expect(signature).toBe(createHmac('sha256', secret).update(`${time}.${body}`).digest('hex'));
  expect(Number(time)).toBe(Math.floor(clock.now() / 1_000));
  expect(path).toBe('/push');
  const { data, seconds, urgency, topic } = messageNote;
  expect(JSON.parse(body)).toEqual({
    device: { provider: 'hms', token: 'ab'.repeat(32), uid: 1, dev: 2 },
    note: { data, seconds, urgency, topic },
  });
});

it.each([
  [410, {}, { kind: 'gone' }],
  [429, { 'retry-after': '30' }, { kind: 'busy', seconds: 30, all: true }],
  [500, {}, { kind: 'busy' }],
  [400, {}, { kind: 'refused', why: 'status 400' }],
])('answers with %s', async (status, headers, outcome) => {
  replies.push({ status, headers });
  expect(await send()).toEqual(outcome);
});

it('does not follow where it is sent', async () => {
  replies.push({ status: 302, headers: { location: `${service.url}/elsewhere` } });
  await expect(send()).rejects.toThrow();
});
