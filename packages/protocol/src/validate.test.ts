import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { describe, expect, test } from 'vitest';
import { limits } from './limits.ts';
import { clientFrameArbitrary, serverFrameArbitrary } from './testing/frames-arbitrary.ts';
import { clientFrames, parseClientFrame, serverFrames } from './validate.ts';

const send = { t: 'send', id: 1, peer: 'bob', content: { text: 'hello' } };
const hello = { t: 'hello', v: 1, token: 'x'.repeat(20), device: 'd'.repeat(16) };

test('every valid frame is accepted as it is', () => {
  fc.assert(
    fc.property(clientFrameArbitrary(), (frame) => {
      assert.equal(parseClientFrame(frame), frame);
    }),
    { numRuns: 300 },
  );
});

test('members that no schema knows are left alone', () => {
  const frame = { ...send, soon: [1], content: { text: 'hello', mood: 'glad', fields: { a: 1 } } };
  expect(parseClientFrame(frame)).toBe(frame);
});

test('the random server frames fit the schemas of server frames', () => {
  const validators = new Map(Object.entries(serverFrames).map(([type, schema]) => [type, Compile(schema)]));
  fc.assert(
    fc.property(serverFrameArbitrary(), (frame) => {
      expect(validators.get(frame.t)?.Check(frame)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test.each(Object.keys(clientFrames))('"%s" without its members is refused with the name of one', (type) => {
  const required =
    (clientFrames[type as keyof typeof clientFrames] as { required?: string[] }).required ?? [];
  if (required.length === 1) expect(() => parseClientFrame({ t: type })).not.toThrow();
  else expect(() => parseClientFrame({ t: type })).toThrow(`"${type}" must have required properties`);
});

describe('what is not a frame', () => {
  test.each([[null], [undefined], [7], ['send'], [true], [[]], [new Uint8Array(3)]])(
    '%o is refused',
    (value) => {
      expect(() => parseClientFrame(value)).toThrow('A frame must be a map.');
    },
  );

  test.each([[{}], [{ t: 5 }], [{ t: null }], [{ T: 'ping' }]])('%o has no type', (value) => {
    expect(() => parseClientFrame(value)).toThrow('A frame must have its type in "t".');
  });

  test('unknown types are named, names of JavaScript objects among them', () => {
    for (const t of ['sendd', 'constructor', '__proto__', 'toString', '']) {
      expect(() => parseClientFrame({ t })).toThrow(expect.objectContaining({ code: 'UNKNOWN_FRAME' }));
    }
    const long = { t: `${'x'.repeat(39)}😀${'x'.repeat(1000)}` };
    expect(() => parseClientFrame(long)).toThrow(/^There is no frame type "x{39}\ufffd"\.$/);
  });

  test('unknown operations are named, names of JavaScript objects among them', () => {
    for (const op of ['devices', 'constructor', '__proto__', '']) {
      expect(() => parseClientFrame({ t: 'request', id: 1, op, body: {} })).toThrow(
        expect.objectContaining({ code: 'UNKNOWN_OPERATION' }),
      );
    }
  });

  test('frames of a server are unknown as those of a client', () => {
    expect(() => parseClientFrame({ t: 'welcome' })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_FRAME' }),
    );
  });
});

test.each([
  [{ ...send, id: 0 }, '"send.id" must be >= 1.'],
  [{ ...send, id: 1.5 }, '"send.id" must be integer.'],
  [{ ...send, id: 2 ** 53 }, `"send.id" must be <= ${2 ** 53 - 1}.`],
  [{ ...send, gid: 5 }, '"send" must name either "peer" or "gid".'],
  [{ ...send, peer: undefined }, '"send" must name either "peer" or "gid".'],
  [{ ...send, peer: '' }, '"send.peer" must not have fewer than 1 characters.'],
  [{ ...send, peer: 'a\nb' }, '"send.peer" must match pattern "^[^\\p{Cc}\\p{Cs}]+$".'],
  [{ ...send, peer: 'a\ud83d' }, '"send.peer" must match pattern "^[^\\p{Cc}\\p{Cs}]+$".'],
  [{ ...send, content: new Uint8Array(1) }, '"send.content" must be a map.'],
  [{ ...send, content: [] }, '"send.content" must be object.'],
  [{ ...send, content: { text: 1 } }, '"send.content.text" must be string.'],
  [{ ...send, content: { data: 'AAAA' } }, '"send.content.data" must be bytes.'],
  [{ ...send, content: { fields: [] } }, '"send.content.fields" must be object.'],
  [{ ...send, content: { fields: new Uint8Array(1) } }, '"send.content.fields" must be a map.'],
  [{ ...send, content: { file: { url: 1 } } }, '"send.content.file.url" must be string.'],
  [{ ...send, content: { latitude: Number.NaN } }, '"send.content.latitude" must be number.'],
  [{ ...send, event: 'edit' }, '"send" must name "event" and "target" together.'],
  [{ ...send, target: 3 }, '"send" must name "event" and "target" together.'],
  [{ ...send, event: 'recall', target: 3, at: 5 }, '"send.at" is for messages only, not for events.'],
  [
    { t: 'request', id: 1, op: 'devices.signOut', body: {} },
    '"request.devices.signOut" must have required properties dev.',
  ],
  [{ ...send, expiry: limits.expirySeconds + 1 }, `"send.expiry" must be <= ${limits.expirySeconds}.`],
  [{ ...hello, device: 'short' }, '"hello.device" must not have fewer than 16 characters.'],
  [{ ...hello, device: 'd d'.repeat(8) }, '"hello.device" must match pattern "^[A-Za-z0-9_-]+$".'],
  [
    { ...hello, token: 'x'.repeat(limits.tokenMax + 1) },
    '"hello.token" must not have more than 256 characters.',
  ],
  [{ t: 'watch', peers: [], on: true }, '"watch.peers" must not have fewer than 1 items.'],
  [{ t: 'watch', peers: ['a', 5], on: true }, '"watch.peers.1" must be string.'],
  [
    { t: 'history', id: 1, peer: 'a', limit: 10, before: 5, after: 5 },
    '"history" must not name both "before" and "after".',
  ],
])('%o is refused with the name of the field', (frame, message) => {
  expect(() => parseClientFrame(frame)).toThrow(expect.objectContaining({ code: 'BAD_FRAME', message }));
});

test('what is wrong with a list of hundreds of thousands is found in its beginning', () => {
  const peers: unknown[] = Array(100_000).fill(1);
  const get = (): never => assert.fail('It was looked at to the end.');
  Object.defineProperty(peers, 50_000, { get, enumerable: true });
  expect(() => parseClientFrame({ t: 'watch', on: true, peers })).toThrow(/^"watch\.peers/);
});

test('addresses are measured in characters', () => {
  expect(() => parseClientFrame({ ...send, peer: '😀'.repeat(limits.addressLength) })).not.toThrow();
  // Marks that combine with the character before them count too.
  expect(() => parseClientFrame({ ...send, peer: `a${'\u0301'.repeat(limits.addressLength)}` })).toThrow(
    '"send.peer" must not have more than 63 characters.',
  );
});

test('the content must be plain data of limited depth', () => {
  const nested = (levels: number): object => (levels === 1 ? {} : { in: nested(levels - 1) });
  expect(() => parseClientFrame({ ...send, content: nested(limits.contentDepth) })).not.toThrow();
  expect(() => parseClientFrame({ ...send, content: nested(limits.contentDepth + 1) })).toThrow(
    expect.objectContaining({ code: 'TOO_LARGE' }),
  );
  expect(() => parseClientFrame({ ...send, content: { fields: { x: Number.NaN } } })).toThrow(
    '"send.content.fields.x" must be a finite number.',
  );
});

test('what is wrong is told however deep it is nested', () => {
  const deep = JSON.parse(`{"in":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
  expect(() => parseClientFrame({ ...send, id: 'x', content: deep })).toThrow(
    expect.objectContaining({ code: 'BAD_FRAME', message: expect.stringMatching(/^"send/) }),
  );
});

describe('the event of a call', () => {
  const call = (event: unknown) => ({ t: 'call', call: 'c'.repeat(16), event });
  const refusal = (event: unknown): string => {
    try {
      parseClientFrame(call(event));
    } catch (error) {
      return String(error);
    }
    return 'accepted';
  };

  test('is refused with its name and field', () => {
    expect(refusal({ type: 'hangup', reason: 'tired' })).toContain('"call.hangup.reason"');
    expect(refusal({ type: 'answer' })).toContain('"call.answer" must have required properties');
    expect(refusal({ type: 'dtmf', digits: '12x' })).toContain('"call.dtmf.digits"');
    expect(refusal({ type: 'incoming', from: 'bob' })).toContain('no type "incoming"');
    expect(refusal({ type: 'toString' })).toContain('no type "toString"');
    expect(refusal('ringing')).toContain('"call.event"');
    expect(refusal({ type: 'ringing' })).toBe('accepted');
  });

  test('carries nothing that is surely no session description, and no more of it than fits', () => {
    const offer = (sdp: string) => refusal({ type: 'description', epoch: 1, kind: 'offer', sdp });
    expect(offer('v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n')).toBe('accepted');
    expect(offer('hello world')).toContain('"call.description.sdp"');
    expect(offer(`v=0\r\n${'a'.repeat(limits.sdpLength)}`)).toContain('"call.description.sdp"');
    const many = Array.from({ length: limits.candidatesPerFrame + 1 }, () => ({ candidate: '' }));
    expect(refusal({ type: 'candidates', epoch: 1, candidates: many })).toContain(
      '"call.candidates.candidates"',
    );
  });

  test('cannot be forged as the message that a call leaves behind', () => {
    const content = { call: { id: 'c'.repeat(16), outcome: 'missed', seconds: 0, video: false } };
    expect(() => parseClientFrame({ ...send, content })).toThrow('written by the server alone');
  });
});

describe('reactions', () => {
  const react = (emoji: string, more: object = {}) => ({
    t: 'send',
    id: 1,
    peer: 'bob',
    event: 'react',
    target: 1,
    content: { reaction: { emoji, on: true } },
    ...more,
  });

  test.each(['👍', '👍🏽', '❤️', '👨‍👩‍👧‍👦', '🇩🇪', '1️⃣', '☺'])('may be %s', (emoji) => {
    expect(parseClientFrame(react(emoji))).toMatchObject({ event: 'react' });
  });

  test.each([
    ['words', react('yes')],
    ['nothing', react('')],
    ['a number', react('1')],
    ['more than one could need', react('👍'.repeat(33))],
    ['an event that says nothing', react('👍', { content: {} })],
    ['a message', { ...react('👍'), event: undefined, target: undefined }],
    ['transient', react('👍', { flags: 4 })],
  ])('are not %s', (_name, frame) => {
    expect(() => parseClientFrame(frame)).toThrow(expect.objectContaining({ code: 'BAD_FRAME' }));
  });
});
