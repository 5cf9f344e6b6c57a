import { WorkerEngine } from '@stoa/media';
import { startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Visitors } from '../support/visitors.ts';
import { Caller, type CallerOptions } from './caller.ts';
import { type CallPages, startCallPages } from './pages.ts';

describe('people who call each other in browsers', () => {
  /** Of the calls that find no other way. */
  const engine = new WorkerEngine({ bindAddress: '127.0.0.1', workers: 1 });
  let server: TestNode;
  let pages: CallPages;
  let visitors: Visitors;
  let alice: Caller;
  let bob: Caller;
  let carol: Caller;
  let bobsUser: TestUser;
  const everybody = (): Caller[] => [alice, bob, carol];

  beforeAll(async () => {
    server = await startTestNode({ media: engine });
    pages = await startCallPages();
    visitors = await Visitors.launch();
    bobsUser = await server.addUser('bob');
    [alice, bob, carol] = await Promise.all([
      open(await server.addUser('alice')),
      open(bobsUser),
      open(await server.addUser('carol')),
    ]);
  });
  beforeEach(() => Promise.all(everybody().map((each) => each.startOver())));
  afterAll(async () => {
    await visitors?.leave();
    await visitors?.close();
    await pages?.close();
    await server?.close();
  });

  function open(user: TestUser, options?: CallerOptions, { url } = server): Promise<Caller> {
    return Caller.open(visitors, pages, url, user, options);
  }

  async function connect(caller: Caller, callee: Caller, video: boolean): Promise<void> {
    await caller.call(callee, video);
    await callee.reaches('incoming');
    await caller.reaches('ringing');
    await callee.answer(video);
    await Promise.all([caller.reaches('connected'), callee.reaches('connected')]);
  }

  it('see and hear each other, until one of them hangs up', async () => {
    const opening = vi.spyOn(engine, 'createRoom');
    await connect(alice, bob, true);
    await Promise.all([alice.sees(), bob.sees(), alice.hears(), bob.hears()]);
    await bob.hangup();
    await Promise.all([alice.reaches('ended hangup'), bob.reaches('ended hangup')]);
    await alice.logged('log out answered');
    await bob.logged('log in answered');
    expect(await alice.run(({ calls }) => calls.at(-1)?.localStream.getTracks().length)).toBe(0);
    expect(opening).not.toHaveBeenCalled();
  });

  it('mute and hold, and take it back', async () => {
    await connect(alice, bob, true);
    await Promise.all([alice.hears(), bob.hears()]);
    await alice.run(({ calls }) => calls.at(-1)?.setAudio(false));
    await bob.logged('peer video');
    await bob.hearsNothing();
    await alice.hears();
    await alice.run(({ calls }) => calls.at(-1)?.setAudio(true));
    await bob.hears();

    await bob.run(({ calls }) => calls.at(-1)?.hold(true));
    await alice.logged('peer audio video hold');
    await alice.getsNothing();
    await bob.getsNothing();
    await bob.run(({ calls }) => calls.at(-1)?.hold(false));
    await Promise.all([alice.sees(), bob.sees(), alice.hears(), bob.hears()]);
  });

  it('begin with voice, and add a camera, a screen and keys', async () => {
    await connect(alice, bob, false);
    await Promise.all([alice.hears(), bob.hears()]);
    expect((await alice.received()).frames).toBe(0);
    await bob.run(({ calls }) => calls.at(-1)?.setVideo(true));
    await alice.logged('peer audio video');
    await alice.sees();
    // What the other side offered has a place for the own camera, too.
    await alice.run(({ calls }) => calls.at(-1)?.setVideo(true));
    await bob.sees();
    await alice.run(({ calls }) => calls.at(-1)?.shareScreen());
    await bob.logged('peer audio video screen');
    await bob.sees();
    await alice.run(({ calls }) => calls.at(-1)?.dtmf('42#'));
    await bob.logged('dtmf 42#');
    const quality = await alice.run(
      ({ calls }) => new Promise((resolve) => calls.at(-1)?.on('quality', resolve)),
    );
    expect(quality).toMatchObject({ kbitIn: expect.any(Number), rttMs: expect.any(Number), relayed: false });
  });

  it('use another microphone and camera in the middle of a call', async () => {
    await connect(alice, bob, true);
    const used = await alice.run(async ({ client, calls }) => {
      const devices = await client.calls.devices();
      const call = calls.at(-1);
      const before = call?.localStream.getTracks().map(({ id }) => id) ?? [];
      for (const { kind, id } of devices) {
        if (kind === 'microphone') await call?.useMicrophone(id);
        if (kind === 'camera') await call?.useCamera(id);
      }
      const after = call?.localStream.getTracks().map(({ id }) => id) ?? [];
      return {
        kinds: new Set(devices.map(({ kind }) => kind)).size,
        fresh: after.filter((id) => !before.includes(id)),
      };
    });
    expect(used.kinds).toBe(3);
    expect(used.fresh).toHaveLength(2);
    await Promise.all([bob.sees(), bob.hears()]);
  });

  it('decline, and take back', async () => {
    await alice.call(bob);
    await bob.reaches('incoming');
    await bob.hangup();
    await Promise.all([alice.reaches('ended declined'), bob.reaches('ended declined')]);
    await alice.call(bob);
    await bob.reaches('incoming');
    await alice.hangup();
    await Promise.all([alice.reaches('ended cancelled'), bob.reaches('ended cancelled')]);
    await bob.logged('log in declined');
    await bob.logged('log in missed');
    expect((await bob.log()).filter((line) => line.startsWith('log'))).toHaveLength(2);
  });

  it('are told when nobody answers', async () => {
    // Where it rings so shortly, a busy page is not quick enough to answer.
    const hasty = await startTestNode({ env: { STOA_CALL_RING_SECONDS: '5' } });
    try {
      const [gina, hank] = await Promise.all([
        open(await hasty.addUser('gina'), {}, hasty),
        open(await hasty.addUser('hank'), {}, hasty),
      ]);
      await gina.call(hank);
      await Promise.all([gina.reaches('ended noAnswer'), hank.reaches('ended noAnswer')]);
      await hank.logged('log in missed');
      await Promise.all([gina, hank].map((each) => each.page.context().close()));
    } finally {
      await hasty.close();
    }
  });

  it('are told that somebody is in another call, or that he is asked to take a second one', async () => {
    await connect(alice, bob, false);
    await carol.call(bob);
    await carol.reaches('ended busy');
    await bob.run(({ client }) => {
      client.calls.waiting = true;
    });
    await carol.call(bob);
    await carol.reaches('waiting');
    await bob.reaches('incoming');
    await bob.run(({ calls }) => calls.at(-2)?.hold(true));
    await bob.answer();
    await Promise.all([carol.reaches('connected'), carol.hears()]);
    await alice.logged('peer audio hold');
    await alice.reaches('connected');
    await bob.run(({ client }) => {
      client.calls.waiting = false;
    });
  });

  it('answer on the second of three devices, and the others stop ringing', async () => {
    const second = await open(bobsUser);
    const third = await open(bobsUser);
    await alice.call(bob, true);
    await Promise.all([bob, second, third].map((each) => each.reaches('incoming')));
    await second.answer(true);
    await Promise.all([bob.reaches('ended answeredElsewhere'), third.reaches('ended answeredElsewhere')]);
    await Promise.all([alice.reaches('connected'), alice.sees(), second.sees()]);
    await alice.hangup();
    await second.reaches('ended hangup');
    await Promise.all([second, third].map((each) => each.page.context().close()));
  });

  it('answer in one of two tabs, which goes on with the call whichever tab has the connection', async () => {
    const tab = await bob.openTab();
    await alice.call(bob, true);
    await Promise.all([bob.reaches('incoming'), tab.reaches('incoming')]);
    await tab.answer(true);
    await bob.reaches('ended answeredElsewhere');
    await Promise.all([alice.reaches('connected'), alice.sees(), tab.sees(), tab.hears()]);
    await alice.run(({ calls }) => calls.at(-1)?.dtmf('7'));
    await tab.logged('dtmf 7');
    await tab.hangup();
    await alice.reaches('ended hangup');
    await tab.page.close();
  });

  it('call each other at once, and are in one call', async () => {
    await Promise.all([alice.call(bob, true), bob.call(alice, true)]);
    await Promise.all([alice.reaches('connected'), bob.reaches('connected')]);
    await Promise.all([alice.sees(), bob.sees(), alice.hears(), bob.hears()]);
    await alice.hangup();
    await bob.reaches('ended hangup');
    await Promise.all([alice.logged('log'), bob.logged('log')]);
    for (const each of [alice, bob]) {
      expect((await each.log()).filter((line) => line.startsWith('log'))).toHaveLength(1);
      await expect.poll(() => each.run(({ client }) => client.calls.all.length)).toBe(0);
    }
  });

  it('reach each other through the media server when there is no other way', {
    timeout: 180_000,
  }, async () => {
    const opening = vi.spyOn(engine, 'createRoom');
    // There is no TURN server.
    const [dave, erin] = await Promise.all([
      open(await server.addUser('dave'), { relayOnly: true }),
      open(await server.addUser('erin'), { relayOnly: true }),
    ]);
    await connect(dave, erin, true);
    await Promise.all([dave.sees(), erin.sees(), dave.hears(), erin.hears()]);
    const quality = dave.run(({ calls }) => new Promise((resolve) => calls.at(-1)?.on('quality', resolve)));
    await dave.run(({ calls }) => calls.at(-1)?.setAudio(false));
    await erin.logged('peer video');
    await erin.hearsNothing();
    await dave.run(({ calls }) => calls.at(-1)?.setAudio(true));
    await erin.run(({ calls }) => calls.at(-1)?.shareScreen());
    await dave.logged('peer audio video screen');
    await Promise.all([dave.sees(), erin.hears()]);
    expect(await quality).toMatchObject({
      kbitIn: expect.any(Number),
      rttMs: expect.any(Number),
      relayed: true,
    });

    // The process that forwards dies, and then a page is loaded anew.
    const [pid = 0] = engine.pids;
    const [davesLines, erinsLines] = [(await dave.log()).length, (await erin.log()).length];
    process.kill(pid, 'SIGKILL');
    // It may be over soon.
    await Promise.all([dave.logged('reconnecting', davesLines), erin.logged('reconnecting', erinsLines)]);
    await Promise.all([dave.reaches('connected'), erin.reaches('connected')]);
    await Promise.all([dave.sees(), erin.sees(), dave.hears(), erin.hears()]);
    await erin.page.reload();
    await erin.reaches('interrupted');
    await erin.run(({ calls }) => calls.at(-1)?.resume());
    await erin.reaches('connected');
    await Promise.all([dave.sees(), erin.sees(), dave.hears(), erin.hears()]);

    const rooms = opening.mock.calls.map(([room]) => room);
    await expect.poll(() => engine.streams(rooms.at(-1) ?? '')).toHaveLength(4);
    await dave.hangup();
    await erin.reaches('ended hangup');
    for (const room of rooms) {
      await expect.poll(() => engine.streams(room).catch(({ code }) => code)).toBe('NOT_FOUND');
    }
    await Promise.all([dave, erin].map((each) => each.page.context().close()));
  });

  it('load the page anew in the middle of a call, and go on', async () => {
    await connect(alice, bob, true);
    await Promise.all([alice.sees(), bob.sees()]);
    await alice.page.reload();
    await alice.reaches('interrupted');
    await alice.run(({ calls }) => calls.at(-1)?.resume());
    await alice.reaches('connected');
    await Promise.all([alice.sees(), bob.sees(), alice.hears(), bob.hears()]);
    await bob.reaches('connected');

    await bob.page.reload();
    await bob.reaches('interrupted');
    await bob.hangup();
    await alice.reaches('ended hangup');
  });
});
