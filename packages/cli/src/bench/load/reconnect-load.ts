import { Exchange, nothing, text } from './exchange.ts';
import { inParallel } from './in-parallel.ts';
import type { CreateLoad } from './loads.ts';
import type { LoadClient } from './wire.ts';

/**
 * `connect`, then `greet`: each pair exchanges so many messages, so that there is something to resume from; then
 * `reconnect`: all connections are cut and made again at once. Resolves to when each was live.
 */
export const reconnectLoad: CreateLoad = ({ url, senders, receivers }, wire, failed) => {
  const clients: LoadClient[] = [];
  const exchanges = senders.map((sender, index) => {
    const receiver = receivers[index];
    if (receiver === undefined) throw new Error('A sender has no receiver.');
    const exchange: Exchange = new Exchange({
      send: (id) => from.send(receiver.address, id, text),
      window: 1,
      signsNeeded: 2,
    });
    const from = wire(url, sender, { acknowledged: exchange.sign, received: nothing, failed });
    const to = wire(url, receiver, { acknowledged: nothing, received: exchange.sign, failed });
    clients.push(from, to);
    return exchange;
  });
  return {
    async connect() {
      await inParallel(clients, 100, (client) => client.connect());
      return [];
    },
    async greet(messages) {
      return (await Promise.all(exchanges.map((exchange) => exchange.run(messages)))).flat();
    },
    async reconnect() {
      const started = performance.now();
      const times: number[] = [];
      for (const client of clients) client.drop();
      await inParallel(clients, attemptsAtOnce, async (client) => {
        await client.connect();
        times.push(performance.now() - started);
      });
      return times;
    },
  };
};

/** What the queue of a listening socket holds; the kernel resets the connections beyond it. */
const attemptsAtOnce = 4_000;
