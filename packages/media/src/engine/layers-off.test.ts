import { expect, it, vi } from 'vitest';
import { TestPublisher, TestViewer, untilUp } from '../testing/test-client.ts';
import { until } from '../testing/until.ts';
import type { MediaEvent } from './events.ts';
import { LocalEngine } from './local-engine.ts';

it('asks a publisher to stop a picture that nobody sees, and to send it again for the first who does', async () => {
  const realNow = Date.now;
  let offset = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + offset);
  const engine = new LocalEngine({ bindAddress: '127.0.0.1' });
  const told: MediaEvent[] = [];
  engine.onEvent((event) => {
    if (event.type === 'encodings') told.push(event);
  });
  await engine.createRoom('room');
  await engine.permit('room', 'alice', ['camera']);
  const publisher = await untilUp(async () => {
    const opened = await TestPublisher.open([{ mid: '0', kind: 'camera', name: 'cam' }]);
    opened.accept((await engine.publish('room', 'alice', opened.offer)).sdp);
    return opened;
  });
  publisher.start();
  await until(
    async () => (await engine.statistics('room')).participants[0]?.publishing?.streams[0]?.layers[0],
  );
  offset = 6000;
  await until(() => told.length > 0);
  await engine.watch('room', 'bob', [{ stream: 'alice/cam', height: 100 }]);
  const offer = await engine.view('room', 'bob');
  const viewer = await TestViewer.open(offer);
  await engine.answer('room', 'bob', viewer.answer(offer));
  await until(() => told.length > 1);
  const about = { type: 'encodings', room: 'room', participant: 'alice', stream: 'alice/cam', mid: '0' };
  expect(told).toEqual([
    { ...about, encodings: [{ rid: '', active: false }] },
    { ...about, encodings: [{ rid: '', active: true }] },
  ]);
  viewer.close();
  publisher.close();
  await engine.close();
});
