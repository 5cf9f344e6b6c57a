import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Action, actions, allows, readRules } from './rules.ts';

function rules(input: Record<string, unknown>) {
  const read = readRules(input);
  if ('problem' in read) throw new Error(read.problem);
  return read;
}

it('allow everything that they do not deny, in either spelling', () => {
  for (const off of [false, 0]) {
    const { rules: read } = rules({ features: { call: off, group: true }, message: { rich: off } });
    const denied = (Object.keys(actions) as Action[]).filter((action) => !allows(read, action));
    expect(denied.sort()).toEqual(['beCalled', 'call', 'joinRoom', 'sendRichMessage']);
  }
});

it('read numbers and rates, and name what they do not know', () => {
  const { rules: read, ignored } = rules({
    group: { max_groups: 3, call_log: false },
    file: { max_size: 2 },
    presence: { lastseen_resolution: 60, online_audience: 3 },
    call: { maxdur: 90 },
    conf: { maxdur: 30 },
    ratelimit: { message: '1:5,60:100', guess: '1:1' },
    platforms: 'android',
    peers: 2,
  });
  expect(read).toMatchObject({
    maxGroups: 3,
    fileBytes: 2_000_000,
    peers: 'contacts',
    lastSeenMs: 60_000,
    onlineAudience: 'favourites',
    callMs: 90_000,
    roomMs: 30_000,
  });
  expect(read.rates.message).toEqual([
    { seconds: 1, limit: 5 },
    { seconds: 60, limit: 100 },
  ]);
  expect(ignored).toEqual(['group.call_log', 'ratelimit.guess', 'platforms']);
  const audience = (number: number) => rules({ presence: { online_audience: number } });
  expect(audience(4).rules.onlineAudience).toEqual({ gid: 4 });
  expect(audience(2)).toMatchObject({
    rules: { onlineAudience: 'all' },
    ignored: ['presence.online_audience'],
  });
  expect(rules({ peers: 1 })).toMatchObject({ rules: { peers: 'all' }, ignored: ['peers'] });
});

it.each([
  [{ message: { outgoing: 'no' } }, '"message.outgoing"'],
  [{ group: { max_groups: -1 } }, '"group.max_groups"'],
  [{ file: { max_size: '5' } }, '"file.max_size"'],
  [{ call: { maxdur: 1.5 } }, '"call.maxdur"'],
  [{ presence: { online_audience: -1 } }, '"presence.online_audience"'],
  [{ ratelimit: { message: '0:1' } }, '"ratelimit.message"'],
  [{ ratelimit: { call: '1:2;3:4' } }, '"ratelimit.call"'],
])('refuse what makes no sense: %j', (input, name) => {
  expect(readRules(input)).toEqual({ problem: expect.stringContaining(name) });
});

it('have a verdict about anything', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (input) => {
      const read = readRules(input);
      expect('problem' in read || read.rules.denied.size >= 0).toBe(true);
    }),
  );
});
