/** Our own, as it runs in a worker: everything switched on. */
import { LocalEngine } from '@stoa/media';
import { serve } from '../peer-process.ts';
import type { Forwarder } from './engine.ts';

const room = 'room';
const engine = new LocalEngine({ bindAddress: '127.0.0.1' });
await engine.createRoom(room);
const versions = new Map<string, number>();

const forwarder: Forwarder = {
  async publish(participant, kind, sdp) {
    await engine.permit(room, participant, [kind]);
    const streams = [{ mid: '0', kind, name: 'stream' }];
    return (await engine.publish(room, participant, { sdp, streams })).sdp;
  },
  async view(participant, publishers) {
    await engine.watch(
      room,
      participant,
      publishers.map((publisher) => ({ stream: `${publisher}/stream` })),
    );
    const { version, sdp } = await engine.view(room, participant);
    versions.set(participant, version);
    return sdp;
  },
  async answer(participant, sdp) {
    await engine.answer(room, participant, { version: versions.get(participant) ?? 0, sdp });
  },
};

serve(forwarder);
