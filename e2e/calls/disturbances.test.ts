import { LocalEngine } from '@stoa/media';
import { addUser, ManualClock, ServerProcess, startTestNode, tempFolder, within } from '@stoa/testkit';
import { startTurn, type TestTurn } from '@stoa/testkit/turn';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectionFailures } from '../support/page-problems.ts';
import { Visitors } from '../support/visitors.ts';
import { Caller, type CallerOptions } from './caller.ts';
import { type CallPages, startCallPages } from './pages.ts';

const secret = 'secret of the relay';
const rightSecret = { STOA_TURN_SECRET: secret };

describe('a call that is disturbed', () => {
  const folder = tempFolder();
  let turn: TestTurn;
  let server: ServerProcess;
  let pages: CallPages;
  let visitors: Visitors;
  let users = 0;

  beforeAll(async () => {
    turn = await startTurn({ secret });
    const env = { STOA_LOG_LEVEL: 'error', STOA_TURN_URLS: turn.url, ...rightSecret };
    server = await ServerProcess.start({ dataDir: folder.path, env });
    pages = await startCallPages();
    visitors = await Visitors.launch();
  });
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors?.close();
    await pages?.close();
    await server?.kill();
    await turn?.close();
    folder.remove();
  });

  async function two(options: CallerOptions, url = server.url): Promise<[Caller, Caller]> {
    users += 1;
    const open = async (name: string): Promise<Caller> =>
      Caller.open(visitors, pages, url, await addUser(url, `${name}-${users}`), options);
    return Promise.all([open('alice'), open('bob')]);
  }

  async function connect(caller: Caller, callee: Caller): Promise<void> {
    await caller.call(callee, true);
    await callee.reaches('incoming');
    await callee.answer(true);
    await Promise.all([caller.reaches('connected'), callee.reaches('connected')]);
    await Promise.all([caller.sees(), callee.sees()]);
  }

  it('goes on while the server is killed and started again, and can be ended afterwards', {
    timeout: 120_000,
  }, async () => {
    const [alice, bob] = await two({ expected: connectionFailures });
    await connect(alice, bob);
    await server.kill();
    await alice.page.waitForFunction(() => harness.client.status.state !== 'online');
    await Promise.all([alice.sees(), bob.sees(), alice.hears(), bob.hears()]);
    await server.start();
    await Promise.all([alice.online(), bob.online()]);
    await alice.reaches('connected');
    await bob.run(({ calls }) => calls.at(-1)?.setAudio(false));
    await alice.logged('peer video');
    await alice.sees();
    await alice.hangup();
    await bob.reaches('ended hangup');
    await Promise.all([alice.logged('log out answered'), bob.logged('log in answered')]);
  });

  it('goes through the relay when it may not go directly, and survives ten seconds without any network', {
    timeout: 120_000,
  }, async () => {
    const [alice, bob] = await two({ relayOnly: true });
    await connect(alice, bob);
    expect((await alice.received()).relayed).toBe(true);
    const began = Date.now();
    turn.pause();
    await Promise.all([alice.reaches('reconnecting'), bob.reaches('reconnecting')]);
    await within(alice.waits(10_000 - (Date.now() - began)), 'ten seconds without network', 60_000);
    turn.resume();
    await Promise.all([alice.reaches('connected'), bob.reaches('connected')]);
    await Promise.all([alice.sees(), bob.sees(), alice.hears(), bob.hears()]);

    // A relay that has forgotten everybody: another way is negotiated.
    await turn.kill();
    await Promise.all([alice.reaches('reconnecting'), bob.reaches('reconnecting')]);
    await turn.start();
    await Promise.all([alice.reaches('connected'), bob.reaches('connected')]);
    await Promise.all([alice.sees(), bob.sees(), alice.hears(), bob.hears()]);
    await alice.hangup();
    await bob.reaches('ended hangup');
  });

  it.each([
    ['are signed with another secret', { env: { STOA_TURN_SECRET: 'another secret' } }],
    ['have expired', { env: rightSecret, clock: new ManualClock(Date.now() - 48 * 3_600_000) }],
  ])(
    'says why the credentials of the relay are refused when they %s, and goes through the media server',
    { timeout: 120_000 },
    async (_, options) => {
      const stranger = await startTestNode({
        ...options,
        media: new LocalEngine({ bindAddress: '127.0.0.1' }),
        env: { ...options.env, STOA_TURN_URLS: turn.url },
      });
      try {
        const [alice, bob] = await two({ relayOnly: true }, stranger.url);
        await connect(alice, bob);
        await alice.logged(`problem UNAVAILABLE The TURN server ${turn.url}`);
        expect((await alice.log()).join()).toContain('refused the credentials (401');
      } finally {
        await visitors.leave();
        await stranger.close();
      }
    },
  );
});
