import type { MediaEngine } from '@stoa/media';
import type { Forwarder } from './engine.ts';

const room = 'room';

/** A room of one of our engines, with everything switched on. */
export async function engineForwarder(engine: MediaEngine): Promise<Forwarder> {
  await engine.createRoom(room);
  const versions = new Map<string, number>();
  return {
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
}
