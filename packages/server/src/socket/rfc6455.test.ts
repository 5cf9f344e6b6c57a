import { limits } from '@stoa/protocol';
import { startTestNode, type TestNode } from '@stoa/testkit';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  closePayload,
  encodeFrame,
  type FrameToSend,
  opcodes,
  type RawFrame,
  RawWebSocket,
} from './testing/raw-web-socket.ts';

/**
 * The door against RFC 6455, byte by byte, after the sections of the Autobahn test suite (in brackets). The door is
 * no echo: a text message with a ping of the protocol is answered by a text message with a pong.
 */
describe('WebSocket frames', () => {
  let server: TestNode;
  let client: RawWebSocket;
  beforeAll(async () => {
    server = await startTestNode();
  });
  afterAll(() => server.close());
  afterEach(() => client?.destroy());

  const { continuation, text, binary, close, ping, pong } = opcodes;
  const question = '{"t":"ping"}';
  const ask: FrameToSend = { opcode: text, payload: question };
  const answer: RawFrame = {
    fin: true,
    reserved: 0,
    opcode: text,
    masked: false,
    payload: Buffer.from('{"t":"pong"}'),
  };
  const pongWith = (payload: string | Uint8Array): RawFrame => ({
    ...answer,
    opcode: pong,
    payload: Buffer.from(payload),
  });
  /** A question of exactly this many bytes. */
  const longQuestion = (bytes: number): string => {
    const empty = '{"t":"ping","x":""}';
    return empty.replace('""', `"${'y'.repeat(bytes - empty.length)}"`);
  };

  /** The code with which these frames end the connection. */
  async function failWith(...frames: FrameToSend[]): Promise<number | undefined> {
    client = await RawWebSocket.open(server.port);
    client.send(...frames);
    const [last, ...more] = await client.rest();
    expect(more).toEqual([]);
    expect(last).toMatchObject({ fin: true, reserved: 0, opcode: close, masked: false });
    return last?.payload.readUInt16BE();
  }

  describe('payload lengths [1]', () => {
    it.each([19, 125, 126, 127, 128, 65_535, 65_536, 65_537])('%i bytes', async (bytes) => {
      client = await RawWebSocket.open(server.port);
      client.send({ opcode: text, payload: longQuestion(bytes) });
      expect(await client.next()).toEqual(answer);
    });

    it('length written in more bytes than needed', async () => {
      client = await RawWebSocket.open(server.port);
      client.send({ ...ask, lengthBytes: 3 }, { ...ask, lengthBytes: 9 });
      expect(await client.next()).toMatchObject({ opcode: text });
    });

    it('no bytes at all: an empty message is refused by the protocol, and the connection goes on', async () => {
      client = await RawWebSocket.open(server.port);
      client.send({ opcode: text }, { opcode: binary });
      expect(String((await client.next())?.payload)).toMatch(
        /^\{"t":"error","code":"BAD_FRAME".*\n\{"t":"error"/,
      );
      client.send(ask);
      expect(await client.next()).toEqual(answer);
    });
  });

  describe('pings and pongs [2]', () => {
    it.each([
      ['nothing', ''],
      ['text', 'hello'],
      ['bytes that are no text', Uint8Array.of(0, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0, 0xff)],
      ['125 bytes', 'p'.repeat(125)],
    ])('a ping with %s is answered with the same', async (_what, payload) => {
      client = await RawWebSocket.open(server.port);
      client.send({ opcode: ping, payload });
      expect(await client.next()).toEqual(pongWith(payload));
    });

    it('pings are answered in order', async () => {
      client = await RawWebSocket.open(server.port);
      const numbers = Array.from({ length: 10 }, (_, index) => String(index));
      client.send(...numbers.map((payload) => ({ opcode: ping, payload })));
      for (const number of numbers) expect(await client.next()).toEqual(pongWith(number));
    });

    it('pongs that nobody asked for are not answered', async () => {
      client = await RawWebSocket.open(server.port);
      client.send({ opcode: pong }, { opcode: pong, payload: 'unasked' }, { opcode: ping, payload: 'asked' });
      expect(await client.next()).toEqual(pongWith('asked'));
    });
  });

  describe('what fails the connection with 1002 [2.5, 3, 4, 5]', () => {
    const part = { opcode: text, payload: '{"t":', fin: false };
    it.each<[string, FrameToSend[]]>([
      ['a ping of 126 bytes', [{ opcode: ping, payload: 'p'.repeat(126) }]],
      ['a pong of 126 bytes', [{ opcode: pong, payload: 'p'.repeat(126) }]],
      ['a close of 126 bytes', [{ opcode: close, payload: closePayload(1000, 'r'.repeat(124)) }]],
      ...[1, 2, 3, 4, 5, 6, 7].map((reserved): [string, FrameToSend[]] => [
        `reserved bits ${reserved} in a text`,
        [{ ...ask, reserved }],
      ]),
      ['a reserved bit in a ping', [{ opcode: ping, reserved: 4 }]],
      ['a reserved bit in a close', [{ opcode: close, payload: closePayload(1000), reserved: 2 }]],
      ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, FrameToSend[]] => [
        `opcode ${opcode}`,
        [{ opcode, payload: question }],
      ]),
      ['an opcode that is reserved, in the middle of a message', [part, { opcode: 3 }]],
      ['a ping in fragments', [{ opcode: ping, fin: false }]],
      ['a pong in fragments', [{ opcode: pong, fin: false }]],
      ['a close in fragments', [{ opcode: close, fin: false, payload: closePayload(1000) }]],
      ['a continuation of nothing', [{ opcode: continuation, payload: 'x' }]],
      ['a continuation of nothing that goes on', [{ opcode: continuation, payload: 'x', fin: false }]],
      ['a text in the middle of a message', [part, ask]],
      ['bytes in the middle of a message', [part, { opcode: binary, payload: 'x' }]],
      ['a text that is not masked', [{ ...ask, masked: false }]],
      ['a ping that is not masked', [{ opcode: ping, masked: false }]],
    ])('%s', async (_what, frames) => {
      expect(await failWith(...frames)).toBe(1002);
    });

    it('what came before is answered, what comes after is not looked at [4.1.3]', async () => {
      client = await RawWebSocket.open(server.port);
      client.send({ opcode: ping, payload: 'before' }, { opcode: 3 }, { opcode: ping, payload: 'after' });
      const frames = await client.rest();
      expect(frames.map(({ opcode }) => opcode)).toEqual([pong, close]);
    });
  });

  describe('fragments [5]', () => {
    const parts = (...payloads: (string | Uint8Array)[]): FrameToSend[] =>
      payloads.map((payload, index) => ({
        opcode: index === 0 ? text : continuation,
        payload,
        fin: index === payloads.length - 1,
      }));

    it.each([
      ['two', parts('{"t":', '"ping"}')],
      ['empty ones', parts('', '{"t":', '', '"ping"}', '')],
      ['one for each byte', parts(...question)],
    ])('%s make one message', async (_what, frames) => {
      client = await RawWebSocket.open(server.port);
      client.send(...frames);
      expect(await client.next()).toEqual(answer);
    });

    it('a ping between them is answered before the message is complete', async () => {
      client = await RawWebSocket.open(server.port);
      const [first, second] = parts('{"t":', '"ping"}');
      client.send(...(first ? [first] : []), { opcode: ping, payload: 'now' });
      expect(await client.next()).toEqual(pongWith('now'));
      client.send({ opcode: pong, payload: 'unasked' }, ...(second ? [second] : []));
      expect(await client.next()).toEqual(answer);
    });

    it('a close between them ends the connection', async () => {
      const [first] = parts('{"t":', '"ping"}');
      expect(await failWith(...(first ? [first] : []), { opcode: close, payload: closePayload(1000) })).toBe(
        1000,
      );
    });
  });

  describe('text [6]', () => {
    const inText = (bytes: Uint8Array): Buffer =>
      Buffer.concat([Buffer.from('{"t":"ping","x":"'), bytes, Buffer.from('"}')]);
    const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');

    it.each([
      ['two bytes', 'c3 a9'],
      ['the last of three bytes before the surrogates', 'ed 9f bf'],
      ['the first after them', 'ee 80 80'],
      ['a noncharacter', 'ef bf bf'],
      ['the first of four bytes', 'f0 90 80 80'],
      ['the last character', 'f4 8f bf bf'],
      ['a word', 'ce ba cf 8c cf 83 ce bc ce b5'],
    ])('%s: well-formed, whole, cut between bytes and in fragments of a byte', async (_what, digits) => {
      const bytes = inText(hex(digits));
      client = await RawWebSocket.open(server.port);
      client.send({ opcode: text, payload: bytes });
      expect(await client.next()).toEqual(answer);
      const fragments = [...bytes].map((byte, index) => ({
        opcode: index === 0 ? text : continuation,
        payload: Uint8Array.of(byte),
        fin: index === bytes.length - 1,
      }));
      client.send(...fragments);
      expect(await client.next()).toEqual(answer);
      await client.writeApart(
        [...encodeFrame({ opcode: text, payload: bytes })].map((byte) => Uint8Array.of(byte)),
      );
      expect(await client.next()).toEqual(answer);
    });

    it.each([
      ['a continuation byte alone', '80'],
      ['a character that breaks off', 'e2 82'],
      ['an overlong slash of two bytes', 'c0 af'],
      ['an overlong slash of three bytes', 'e0 80 af'],
      ['an overlong zero', 'c0 80'],
      ['the first surrogate', 'ed a0 80'],
      ['a pair of surrogates', 'ed a0 80 ed b0 80'],
      ['a character beyond the last', 'f4 90 80 80'],
      ['five bytes', 'f8 88 80 80 80'],
      ['bytes that never occur', 'fe ff'],
    ])('%s fails the connection with 1007, whole and in fragments', async (_what, digits) => {
      const bytes = inText(hex(digits));
      expect(await failWith({ opcode: text, payload: bytes })).toBe(1007);
      const middle = 18;
      expect(
        await failWith(
          { opcode: text, payload: bytes.subarray(0, middle), fin: false },
          { opcode: continuation, payload: bytes.subarray(middle) },
        ),
      ).toBe(1007);
    });

    it('bytes need not be text', async () => {
      client = await RawWebSocket.open(server.port);
      client.send({ opcode: binary, payload: hex('fe ff') });
      expect(String((await client.next())?.payload)).toMatch(/BAD_FRAME/);
    });
  });

  describe('closing [7]', () => {
    it.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])(
      'code %i is answered with itself, and the connection ends',
      async (code) => {
        expect(await failWith({ opcode: close, payload: closePayload(code, 'bye') })).toBe(code);
      },
    );

    it.each([0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])(
      'code %i is none: 1002',
      async (code) => {
        expect(await failWith({ opcode: close, payload: closePayload(code) })).toBe(1002);
      },
    );

    it('a close without code, and with the longest reason', async () => {
      client = await RawWebSocket.open(server.port);
      client.send({ opcode: close });
      const frames = await client.rest();
      expect(frames.map(({ opcode }) => opcode)).toEqual([close]);
      expect(await failWith({ opcode: close, payload: closePayload(1000, 'r'.repeat(123)) })).toBe(1000);
    });

    it('half a code is 1002, a reason that is no text 1007', async () => {
      expect(await failWith({ opcode: close, payload: Uint8Array.of(3) })).toBe(1002);
      expect(await failWith({ opcode: close, payload: closePayload(1000, Uint8Array.of(0xff)) })).toBe(1007);
    });

    it('what comes after a close is not looked at', async () => {
      client = await RawWebSocket.open(server.port);
      client.send(
        { opcode: close, payload: closePayload(1000) },
        ask,
        { opcode: ping },
        { opcode: close, payload: closePayload(1001) },
        { opcode: 3 },
      );
      const frames = await client.rest();
      expect(frames.map(({ opcode, payload }) => [opcode, payload.readUInt16BE()])).toEqual([[close, 1000]]);
    });

    it('what came before is answered first', async () => {
      client = await RawWebSocket.open(server.port);
      client.send(ask);
      expect(await client.next()).toEqual(answer);
      client.send({ opcode: ping, payload: 'last' }, { opcode: close, payload: closePayload(1000) });
      const frames = await client.rest();
      expect(frames.map(({ opcode }) => opcode)).toEqual([pong, close]);
    });

    it('ends the connection although the client never answers the close', async () => {
      client = await RawWebSocket.open(server.port);
      // Twenty frames that are none are enough for the server.
      client.send(...Array.from({ length: 20 }, () => ({ opcode: text, payload: 'nonsense' })));
      const frames = await client.rest();
      expect(frames.at(-1)).toMatchObject({ opcode: close });
    });
  });

  describe('limits [9]', () => {
    const most = limits.socketMessageBytes;

    it('a message of the limit is taken, whole and in fragments', async () => {
      client = await RawWebSocket.open(server.port);
      const payload = Buffer.from(longQuestion(most));
      client.send({ opcode: text, payload });
      expect(await client.next()).toEqual(answer);
      client.send(
        { opcode: text, payload: payload.subarray(0, 100_000), fin: false },
        { opcode: continuation, payload: payload.subarray(100_000) },
      );
      expect(await client.next()).toEqual(answer);
    });

    it.each<[string, FrameToSend[]]>([
      ['one byte more', [{ opcode: text, payload: longQuestion(most + 1) }]],
      [
        'one byte more, in fragments',
        [
          { opcode: text, payload: 'x'.repeat(most), fin: false },
          { opcode: continuation, payload: 'x' },
        ],
      ],
      [
        'fragments without end',
        Array.from({ length: 20 }, (_, index) => ({
          opcode: index === 0 ? text : continuation,
          payload: 'x'.repeat(most / 16),
          fin: false,
        })),
      ],
      ['a claim of one byte more, before anything comes', [{ opcode: text, claimed: BigInt(most) + 1n }]],
      ['a claim of 2^53', [{ opcode: text, claimed: 2n ** 53n }]],
      ['a claim of 2^63', [{ opcode: text, claimed: 2n ** 63n }]],
      ['a claim of 2^64 - 1', [{ opcode: binary, claimed: 2n ** 64n - 1n }]],
    ])('%s fails the connection with 1009', async (_what, frames) => {
      expect(await failWith(...frames)).toBe(1009);
    });
  });

  it('any division of a conversation into TCP segments is answered alike', async () => {
    const conversation: FrameToSend[] = [
      ask,
      { opcode: ping, payload: 'one' },
      { opcode: text, payload: '{"t":', fin: false },
      { opcode: ping, payload: 'two' },
      { opcode: continuation, payload: '"ping"}' },
      { opcode: text, payload: longQuestion(200) },
      { opcode: pong },
    ];
    const bytes = Buffer.concat(conversation.map(encodeFrame));
    /** The answers of the protocol may share a message; then there are fewer messages, and as many lines. */
    const answersTo = async (cuts: readonly number[]): Promise<string[]> => {
      client = await RawWebSocket.open(server.port);
      const places = [0, ...new Set([...cuts].sort((a, b) => a - b)), bytes.length];
      await client.writeApart(places.slice(1).map((end, index) => bytes.subarray(places[index], end)));
      const answers: string[] = [];
      while (answers.length < 5) {
        const frame = await client.next();
        if (frame === undefined) break;
        answers.push(...String(frame.payload).split('\n'));
      }
      client.send({ opcode: close, payload: closePayload(1000) });
      expect(await client.rest()).toMatchObject([{ opcode: close, payload: closePayload(1000) }]);
      return answers.sort();
    };
    const expected = ['one', 'two', ...Array.from({ length: 3 }, () => '{"t":"pong"}')];
    expect(await answersTo([])).toEqual(expected);
    expect(await answersTo(Array.from({ length: bytes.length - 1 }, (_, index) => index + 1))).toEqual(
      expected,
    );
    const cut = fc.integer({ min: 1, max: bytes.length - 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(cut, { maxLength: 40 }), async (cuts) => {
        expect(await answersTo(cuts)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});
