import { Exchange, nothing, text } from './exchange.ts';
import { inParallel } from './in-parallel.ts';
import type { CreateLoad } from './loads.ts';
import type { LoadClient, LoadUser } from './wire.ts';

/**
 * `connect` the senders; `store`: so many messages for each receiver, who is not there; `drain`: all receivers
 * connect at once, and have received as many. Phases that begin with `warm` do the same with every fifth receiver, who
 * takes no part otherwise.
 */
export const offlineLoad: CreateLoad = ({ url, senders, receivers: all, window }, wire, failed) => {
  const warming = all.filter((_, index) => index % 5 === 0);
  const measured = all.filter((_, index) => index % 5 !== 0);
  const clients: LoadClient[] = [];
  const sending = senders.map((sender, index) => {
    let own: LoadUser[] = [];
    const exchange: Exchange = new Exchange({
      // One message to each, then the next to each: as users are written to, not one after the other.
      send: (id) => client.send(own[id % own.length]?.address ?? '', id, text),
      window,
      signsNeeded: 1,
    });
    const client = wire(url, sender, { acknowledged: exchange.sign, received: nothing, failed });
    clients.push(client);
    return async (receivers: readonly LoadUser[], messages: number) => {
      own = receivers.filter((_, place) => place % senders.length === index);
      return own.length === 0 ? [] : exchange.run(messages * own.length);
    };
  });

  const store = async (receivers: readonly LoadUser[], messages: number) =>
    (await Promise.all(sending.map((run) => run(receivers, messages)))).flat();

  const drainOne = async (user: LoadUser, expected: number): Promise<number> => {
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
      await inParallel(clients, 100, (client) => client.connect());
      return [];
    },
    warmStore: (messages) => store(warming, messages),
    warmDrain: (messages) => Promise.all(warming.map((user) => drainOne(user, messages))),
    store: (messages) => store(measured, messages),
    drain: (messages) => Promise.all(measured.map((user) => drainOne(user, messages))),
  };
};
