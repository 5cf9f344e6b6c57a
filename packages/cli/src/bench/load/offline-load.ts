import { Exchange, nothing, text } from './exchange.ts';
import { inParallel } from './in-parallel.ts';
import type { CreateLoad } from './loads.ts';

/**
 * `connect` the senders; `store`: so many messages for each receiver, who is not there; `drain`: all receivers
 * connect at once, and have received as many.
 */
export const offlineLoad: CreateLoad = ({ url, senders, receivers, window }, wire, failed) => {
  const sending = senders.map((sender, index) => {
    const own = receivers.filter((_, place) => place % senders.length === index);
    const exchange: Exchange = new Exchange({
      // One message to each, then the next to each: as users are written to, not one after the other.
      send: (id) => client.send(own[id % own.length]?.address ?? '', id, text),
      window,
      signsNeeded: 1,
    });
    const client = wire(url, sender, { acknowledged: exchange.sign, received: nothing, failed });
    return { client, run: (messages: number) => exchange.run(messages * own.length) };
  });

  const drainOne = async (user: (typeof receivers)[number], expected: number): Promise<number> => {
    const started = performance.now();
    let count = 0;
    await new Promise<void>((resolve) => {
      const received = (): void => {
        count += 1;
        if (count === expected) resolve();
      };
      wire(url, user, { acknowledged: nothing, received, failed }).connect().catch(failed);
    });
    return performance.now() - started;
  };

  return {
    async connect() {
      await inParallel(sending, 100, ({ client }) => client.connect());
      return [];
    },
    async store(messages) {
      return (await Promise.all(sending.map(({ run }) => run(messages)))).flat();
    },
    drain: (messages) => Promise.all(receivers.map((user) => drainOne(user, messages))),
  };
};
