import { Exchange, nothing, text } from './exchange.ts';
import { inParallel } from './in-parallel.ts';
import type { CreateLoad } from './loads.ts';
import type { LoadClient } from './wire.ts';

/** `connect`, then `exchange`: so many messages in each pair, counted when acknowledged and received. */
export const pairsLoad: CreateLoad = ({ url, senders, receivers, window }, wire, failed) => {
  const clients: LoadClient[] = [];
  const exchanges = senders.map((sender, index) => {
    const receiver = receivers[index];
    if (receiver === undefined) throw new Error('A sender has no receiver.');
    const exchange: Exchange = new Exchange({
      send: (id) => from.send(receiver.address, id, text),
      window,
      signsNeeded: 2,
    });
    const from = wire(url, sender, { acknowledged: exchange.sign, received: nothing, failed });
    const to = wire(url, receiver, { acknowledged: nothing, received: exchange.sign, failed });
    clients.push(to, from);
    return exchange;
  });
  return {
    async connect() {
      await inParallel(clients, 100, (client) => client.connect());
      return [];
    },
    async exchange(messages) {
      return (await Promise.all(exchanges.map((exchange) => exchange.run(messages)))).flat();
    },
  };
};
