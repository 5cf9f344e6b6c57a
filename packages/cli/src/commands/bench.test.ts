import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestNode, type TestNode, tempFolder, testAppToken } from '@stoa/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stoa } from '../testing/run-stoa.ts';

// Each run starts several processes.
describe('stoa bench', { timeout: 120_000 }, () => {
  let server: TestNode;
  let env: Record<string, string>;

  beforeAll(async () => {
    server = await startTestNode();
    env = { STOA_URL: server.url, STOA_APP_TOKEN: testAppToken };
  });
  afterAll(() => server.close());

  it('loads a server with users who are gone afterwards, and says what that costs', async () => {
    const folder = tempFolder();
    const json = join(folder.path, 'figures.json');
    const outcome = await stoa(['bench', '--pairs', '2', '--messages', '20', '--json', json], env);
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.out).toMatch(/2 pairs.*\n.*messages\/s.*\n.*http/);
    const { pairs } = JSON.parse(readFileSync(json, 'utf8'));
    expect(pairs).toHaveLength(1);
    expect(pairs[0].rate).toBeGreaterThan(0);
    expect(pairs[0].p99).toBeGreaterThanOrEqual(pairs[0].p50);
    expect((await stoa(['user', 'list', 'bench-*'], env)).out).not.toContain('bench-');
    folder.remove();
  });

  it.each([
    ['idle', ['--connections', '2,4', '--idle-seconds', '1'], '2 and 4 idle connections'],
    ['offline', ['--offline-users', '3', '--offline-messages', '5'], '3 offline users × 5 messages'],
    ['reconnect', ['--reconnects', '4', '--load-processes', '2'], '4 clients drop and reconnect'],
  ])('loads a server with the scenario %s', async (scenario, sizes, title) => {
    const outcome = await stoa(['bench', '--scenarios', scenario, ...sizes], env);
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.out).toContain(title);
  });

  it('loads nothing when asked for what there is not', async () => {
    expect(await stoa(['bench', '--scenarios', 'tea'], env)).toMatchObject({ code: 1 });
    expect((await stoa(['bench', '--pairs', '0'], env)).err).toContain('must be a whole number above zero');
    const wrong = await stoa(['bench', '--app-token', 'not-an-app-token-0123456789'], env);
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.err).not.toContain('    at ');
  });
});
