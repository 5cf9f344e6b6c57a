import { randomUUID } from 'node:crypto';
import { startNats, type TestNats } from '@stoa/testkit/nats';
import { afterAll, beforeAll } from 'vitest';
import { describeBusContract } from '../contract/index.ts';
import { connectNatsBus } from './nats-bus.ts';

let nats: TestNats;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats.close());

describeBusContract('The bus over NATS', async () => {
  const errors: unknown[] = [];
  const prefix = `stoa.${randomUUID()}`;
  const onError = (error: unknown): void => {
    errors.push(error);
  };
  const one = await connectNatsBus({ url: nats.url, prefix, onError });
  const other = await connectNatsBus({ url: nats.url, prefix, onError });
  return {
    one,
    other,
    errors,
    async cleanup() {
      await one.close();
      await other.close();
    },
  };
});
