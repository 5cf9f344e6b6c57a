/** The floor: every packet as it is to everybody, by the same library. No rewriting, no feedback, no control. */
import { syntheticDescription } from '../../../packages/media/src/sdp/synthetic.ts';
import { parametersOf } from '../../../packages/media/src/testing/client-sdp.ts';
import { Connection } from '../../../packages/media/src/transport/connection.ts';
import { serve } from '../peer-process.ts';
import type { Forwarder } from './engine.ts';

const options = { bindAddress: '127.0.0.1' };
const viewers = new Map<string, Connection>();
/** By publisher. */
const routes = new Map<string, Connection[]>();
const senders: Connection[] = [];

const forwarder: Forwarder = {
  async publish(participant, _, sdp) {
    const targets = routes.get(participant) ?? [];
    routes.set(participant, targets);
    const connection = await Connection.answering(parametersOf(sdp), options, {
      onPacket: (packet) => {
        for (const target of targets) target.send(packet);
      },
      onState: () => {},
    });
    senders.push(connection);
    return syntheticDescription(connection.ours, 'passive');
  },
  async view(participant, publishers) {
    const connection = await Connection.offering(options, { onPacket: () => {}, onState: () => {} });
    viewers.set(participant, connection);
    for (const publisher of publishers) routes.get(publisher)?.push(connection);
    return syntheticDescription(connection.ours, 'actpass');
  },
  async answer(participant, sdp) {
    viewers.get(participant)?.accept(parametersOf(sdp));
  },
};

serve(forwarder);
