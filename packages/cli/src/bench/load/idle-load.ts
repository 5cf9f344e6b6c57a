import { nothing } from './exchange.ts';
import { inParallel } from './in-parallel.ts';
import type { CreateLoad } from './loads.ts';

/** `connect`: opens connections until there are so many; `drop`: cuts them all. */
export const idleLoad: CreateLoad = ({ url, receivers }, wire, failed) => {
  const clients = receivers.map((user) =>
    wire(url, user, { acknowledged: nothing, received: nothing, failed }),
  );
  let open = 0;
  return {
    async connect(count) {
      const more = clients.slice(open, count);
      open = count;
      await inParallel(more, 100, (client) => client.connect());
      return [];
    },
    async drop() {
      for (const client of clients.slice(0, open)) client.drop();
      open = 0;
      return [];
    },
  };
};
