/** The VideoRoom of Janus: a forwarder in C, from Debian's package. */
import { startJanus } from '../janus/janus-process.ts';
import { JanusSession } from '../janus/janus-session.ts';
import { serve } from '../peer-process.ts';
import type { Forwarder } from './engine.ts';

const room = 1;
const session = await JanusSession.open(await startJanus());
const maker = await session.attach();
await session.request(maker, {
  request: 'create',
  room,
  publishers: 1000,
  videocodec: 'vp8',
  audiocodec: 'opus',
  // No limit that it would tell the publishers of.
  bitrate: 0,
});
/** Of viewers. */
const handles = new Map<string, number>();

const forwarder: Forwarder = {
  async publish(participant, _, sdp) {
    const handle = await session.attach();
    const body = { request: 'joinandconfigure', ptype: 'publisher', room, id: feedOf(participant) };
    return (await session.request(handle, body, { type: 'offer', sdp })).sdp;
  },
  async view(participant, publishers) {
    const handle = await session.attach();
    handles.set(participant, handle);
    const streams = publishers.map((publisher) => ({ feed: feedOf(publisher) }));
    const body = { request: 'join', ptype: 'subscriber', room, streams };
    return (await session.request(handle, body)).sdp;
  },
  async answer(participant, sdp) {
    const handle = handles.get(participant) ?? 0;
    await session.request(handle, { request: 'start', room }, { type: 'answer', sdp });
  },
};

serve(forwarder);

/** Janus knows publishers by numbers above zero. */
function feedOf(participant: string): number {
  return 1 + Number(participant.slice(1));
}
