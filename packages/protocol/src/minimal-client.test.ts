import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { jsonCodec } from './codec/index.ts';
import type { ClientFrame, Content, MessageFrame, SendFrame, ServerFrame } from './frames.ts';
import { parseClientFrame } from './validate.ts';

/** What the client of docs/protocol.md stores. */
interface State {
  device: string;
  nextId: number;
  outbox: SendFrame[];
  heads: Record<number, number>;
  position?: number;
}

type Connect = (options: {
  url: string;
  token: string;
  state: State;
  save: (state: State) => void;
  show: (message: MessageFrame) => void;
}) => (peer: string, content: Content) => void;

/** The server's end of a WebSocket, in the form that the client under test sees. Takes valid frames only. */
class Line {
  static readonly opened: Line[] = [];
  readonly url: string;
  readonly subprotocol: string;
  readonly received: ClientFrame[] = [];
  closed = false;
  onopen?: () => void;
  onmessage?: ((event: { data: string }) => void) | null;
  onclose?: ((event: { code: number }) => void) | null;

  constructor(url: string, subprotocol: string) {
    this.url = url;
    this.subprotocol = subprotocol;
    Line.opened.push(this);
  }

  send(data: string): void {
    this.received.push(...jsonCodec.decode(data).map(parseClientFrame));
  }

  close(): void {
    this.closed = true;
  }

  say(...frames: ServerFrame[]): void {
    this.onmessage?.({ data: jsonCodec.join(frames.map((frame) => jsonCodec.encode(frame))) as string });
  }

  /** What came since the last look. */
  take(): ClientFrame[] {
    return this.received.splice(0);
  }
}

const welcome = {
  t: 'welcome',
  v: 1,
  uid: 1,
  address: 'alice',
  name: '',
  dev: 9,
  time: 0,
  silence: 9000,
} as const;
const conversation = {
  t: 'conversation',
  conv: 7,
  peer: 'bob',
  name: '',
  last: 9,
  from: 0,
  read: 0,
} as const;
const message = (seq: number, more: Partial<MessageFrame> = {}): MessageFrame => ({
  ...{
    t: 'message',
    conv: 7,
    seq,
    mid: seq,
    from: 'bob',
    ts: 0,
    type: 0,
    flags: 3,
    localId: 0,
    dev: 4,
    id: seq,
  },
  ...{ content: { text: `${seq}` } },
  ...more,
});
const sent = (id: number, seq: number): ServerFrame => ({ t: 'sent', id, conv: 7, seq, mid: seq, ts: 0 });
const refused = (id: number, code: string, retryAfter?: number): ServerFrame => ({
  ...{ t: 'error', code, message: '', hint: '', of: 'send', id },
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

let state: State;
let saved: string;
let shown: number[];
let send: (peer: string, content: Content) => void;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  vi.stubGlobal('WebSocket', Line);
  Line.opened.length = 0;
  state = { device: 'd'.repeat(16), nextId: 1, outbox: [], heads: {} };
  shown = [];
  send = (await connectOfTheDocument())({
    url: 'ws://localhost/ws',
    token: 'x'.repeat(20),
    state,
    save: (now) => {
      saved = JSON.stringify(now);
    },
    show: ({ seq }) => shown.push(seq),
  });
});

afterEach(() => {
  vi.useRealTimers();
});

async function connectOfTheDocument(): Promise<Connect> {
  const text = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');
  const code = /^```js\n(.*?)^```/ms.exec(text)?.[1] ?? '';
  const module: { connect: Connect } = await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`
  );
  return module.connect;
}

/** The present connection. */
function line(): Line {
  const newest = Line.opened.at(-1);
  if (newest === undefined) throw new Error('no connection was opened');
  return newest;
}

function signIn(): void {
  line().onopen?.();
  line().say(welcome);
}

test('it signs in, answers pings and remembers the position', () => {
  expect(line()).toMatchObject({ url: 'ws://localhost/ws', subprotocol: 'stoa.v1.json' });
  signIn();
  expect(line().take()).toStrictEqual([{ t: 'hello', v: 1, token: 'x'.repeat(20), device: state.device }]);
  line().say({ t: 'ping' }, { t: 'synced', position: 5 });
  expect(line().take()).toStrictEqual([{ t: 'pong' }]);
  expect(saved).toContain('"position":5');
});

test('it shows each message once, in order, and acknowledges what is saved', () => {
  signIn();
  line().take();
  line().say(conversation, message(1), message(2), message(2));
  expect(shown).toStrictEqual([1, 2]);
  expect(saved).toContain('"heads":{"7":2}');
  expect(line().take()).toStrictEqual([{ t: 'received', conv: 7, seq: 2 }]);
  line().say(message(1));
  expect(shown).toStrictEqual([1, 2]);
  expect(line().take()).toStrictEqual([{ t: 'received', conv: 7, seq: 2 }]);
});

test('it shows nothing after a gap and connects again', () => {
  signIn();
  line().say(conversation, message(1), message(3));
  expect(shown).toStrictEqual([1]);
  expect(line().closed).toBe(true);
});

test('it shows transient messages without acknowledging them', () => {
  signIn();
  line().take();
  line().say(message(0, { conv: 0 }));
  expect(shown).toStrictEqual([0]);
  expect(line().take()).toStrictEqual([]);
});

test('it sends again what was not answered, in order, and nothing that was', () => {
  for (const text of ['a', 'b', 'c']) send('bob', { text });
  signIn();
  const [, ...sends] = line().take();
  expect(sends).toStrictEqual(state.outbox);
  line().say(sent(1, 1));
  expect(line().take()).toStrictEqual([{ t: 'received', conv: 7, seq: 1 }]);
  line().onclose?.({ code: 1006 });
  vi.advanceTimersByTime(300);
  signIn();
  expect(line().take().slice(1)).toMatchObject([{ id: 2 }, { id: 3 }]);
  // Stored before the connection broke: streamed back as its own.
  line().say(conversation, message(2, { dev: 9, id: 2, from: 'alice' }), message(3, { dev: 9, id: 3 }));
  expect(state.outbox).toStrictEqual([]);
  expect(shown).toStrictEqual([]);
  expect(saved).toContain('"heads":{"7":3}');
});

test('it keeps the window, the place of what is refused for the moment, and drops what is refused', () => {
  for (let count = 0; count < 300; count += 1) send('bob', { text: 'x' });
  signIn();
  expect(line().take()).toHaveLength(1 + 256);
  line().say(sent(1, 1), refused(2, 'INVALID_DESTINATION'));
  expect(line().take().slice(1)).toMatchObject([{ id: 257 }, { id: 258 }]);
  line().say(refused(3, 'RATE_LIMITED', 400));
  expect(line().take()).toStrictEqual([]);
  vi.advanceTimersByTime(400);
  expect(line().take().slice(0, 2)).toMatchObject([{ id: 3 }, { id: 4 }]);
});

test('it notices a dead line, backs off more each time, and starts anew when it was welcomed', () => {
  signIn();
  for (const wait of [150, 300, 600]) {
    const before = Line.opened.length;
    vi.advanceTimersByTime(9000);
    expect(line().closed).toBe(true);
    vi.advanceTimersByTime(wait - 1);
    expect(Line.opened).toHaveLength(before);
    vi.advanceTimersByTime(1);
    expect(Line.opened).toHaveLength(before + 1);
  }
  signIn();
  line().onclose?.({ code: 4000 });
  vi.advanceTimersByTime(150);
  expect(line().closed).toBe(false);
});

test('it does not come back when its credentials are refused', () => {
  signIn();
  line().onclose?.({ code: 4501 });
  vi.advanceTimersByTime(60_000);
  expect(Line.opened).toHaveLength(1);
});
