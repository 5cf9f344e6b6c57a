import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestPublisher, TestViewer, untilUp } from '../../testing/test-client.ts';
import { until } from '../../testing/until.ts';
import type { MediaEvent } from '../events.ts';
import type { OfferedStream } from '../media-engine.ts';
import { WorkerEngine } from './worker-engine.ts';

const camera: OfferedStream = { mid: '0', kind: 'camera', name: 'cam' };
const microphone: OfferedStream = { mid: '1', kind: 'microphone', name: 'mic' };
const streams = ['alice/cam', 'alice/mic'];

let engine: WorkerEngine;
const events: MediaEvent[] = [];
const clients: { close(): void }[] = [];

beforeAll(async () => {
  // One viewer stays where the room is, the next ones go elsewhere.
  engine = new WorkerEngine({ bindAddress: '127.0.0.1', workers: 2, viewersAtHome: 1 });
  engine.onEvent((event) => events.push(event));
  await engine.createRoom('hall', { audibleMicrophones: 1 });
});

afterAll(async () => {
  for (const client of clients) client.close();
  await engine.close();
});

async function publish(participant: string, offered: readonly OfferedStream[]): Promise<TestPublisher> {
  await engine.permit('hall', participant, ['camera', 'microphone']);
  const client = await untilUp(async () => {
    const opened = await TestPublisher.open(offered);
    clients.push(opened);
    opened.accept((await engine.publish('hall', participant, opened.offer)).sdp);
    return opened;
  });
  client.start();
  return client;
}

function view(participant: string): Promise<TestViewer> {
  return untilUp(async () => {
    const offer = await engine.view('hall', participant);
    const client = await TestViewer.open(offer);
    clients.push(client);
    await engine.answer('hall', participant, client.answer(offer));
    return client;
  });
}

async function watch(participant: string, wanted: readonly string[]): Promise<void> {
  await engine.watch(
    'hall',
    participant,
    wanted.map((stream) => ({ stream })),
  );
}

function slotOf(participant: string, stream: string): string {
  const told = events.findLast((event) => event.type === 'slots' && event.participant === participant);
  return (told?.type === 'slots' && told.slots.find((slot) => slot.stream === stream)?.mid) || '';
}

async function sees(client: TestViewer, participant: string, stream: string): Promise<void> {
  await until(() => client.sees(slotOf(participant, stream), stream.split('/')[1] ?? ''));
}

it('shows viewers in another process what is published, as if they were in the same', async () => {
  await publish('alice', [camera, microphone]);
  const viewers: [string, TestViewer][] = [];
  for (const name of ['bob', 'carol']) {
    await watch(name, streams);
    viewers.push([name, await view(name)]);
  }
  for (const [name, client] of viewers) for (const stream of streams) await sees(client, name, stream);
  const { participants } = await engine.statistics('hall');
  expect(participants.map(({ participant, viewing }) => [participant, viewing?.state]).sort()).toEqual([
    ['alice', undefined],
    ['bob', 'connected'],
    ['carol', 'connected'],
  ]);

  // What is muted ends in all processes.
  await engine.mute('hall', 'alice/cam', true);
  const carol = viewers[1]?.[1];
  const slot = slotOf('carol', 'alice/cam');
  const quietFor = async (times: number): Promise<boolean> => {
    const before = carol?.in(slot).length;
    const sounds = carol?.in(slotOf('carol', 'alice/mic')).length ?? 0;
    await until(() => (carol?.in(slotOf('carol', 'alice/mic')).length ?? 0) > sounds + times);
    return carol?.in(slot).length === before;
  };
  await until(() => quietFor(10));
  await engine.mute('hall', 'alice/cam', false);
  await sees(carol ?? (await view('carol')), 'carol', 'alice/cam');
});

it('gives the one place for a voice there to whoever talks here', async () => {
  const erin = await publish('erin', [microphone]);
  erin.setLevel('mic', 120);
  await watch('carol', [...streams, 'erin/mic']);
  erin.setLevel('mic', 5);
  for (const client of clients)
    if (client instanceof TestPublisher && client !== erin) client.setLevel('mic', 127);
  await until(() => slotOf('carol', 'erin/mic') !== '');
  await engine.leave('hall', 'erin');
  await until(() => slotOf('carol', 'erin/mic') === '');
});

it('ends in all processes, with those who view there, and can begin there anew', async () => {
  const transports = async () => (await engine.totals()).map(({ transports: each }) => each);
  expect(await transports()).toEqual([expect.any(Number), 1]);
  await engine.closeRoom('hall');
  expect(await transports()).toEqual([0, 0]);
  events.length = 0;
  await engine.createRoom('hall');
  await publish('alice', [camera]);
  for (const name of ['bob', 'carol']) {
    await watch(name, ['alice/cam']);
    await sees(await view(name), name, 'alice/cam');
  }
});

it('takes viewers in again whose process has ended, while the others go on', async () => {
  const [, part = 0] = engine.pids;
  process.kill(part, 'SIGKILL');
  const closed = (participant: string) =>
    events.some(
      (event) => event.type === 'connection' && event.participant === participant && event.state === 'closed',
    );
  await until(() => closed('carol'));
  expect(events.some(({ type }) => type === 'roomLost')).toBe(false);
  expect(closed('bob')).toBe(false);
  // What carol wants is known, in whatever process she comes to be.
  events.length = 0;
  await sees(await view('carol'), 'carol', 'alice/cam');
});
