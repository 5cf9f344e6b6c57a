import { expect, it } from 'vitest';
import { Fleet } from './fleet.ts';
import { stoaWire } from './stoa-wire-url.ts';

const task = {
  scenario: 'idle',
  wire: stoaWire,
  // Nobody listens on this port.
  url: 'http://127.0.0.1:1',
  senders: [],
  receivers: [{ address: 'alice', token: 'not a token of anybody' }],
  window: 1,
} as const;

it('fails when the server cannot be reached, and when the load cannot be made at all', async () => {
  const fleet = await Fleet.start(task, 1);
  await expect(fleet.run('connect', 1)).rejects.toThrow(/ECONNREFUSED/);
  await expect(fleet.run('connect', 1)).rejects.toThrow(/ECONNREFUSED/);
  await fleet.stop();
  await expect(Fleet.start({ ...task, wire: 'file:///no/such/module.ts' }, 1)).rejects.toThrow(/no\/such/);
});
