import { type Bus, connectNatsBus } from '@stoa/bus';
import { addUser, type JoinedNodes, startJoinedNodes, type TestNode } from '@stoa/testkit';
import { startNats, type TestNats } from '@stoa/testkit/nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Visitors } from '../support/visitors.ts';
import { Caller } from './caller.ts';
import { type CallPages, startCallPages } from './pages.ts';

describe('people at different nodes', () => {
  let nats: TestNats;
  let joined: JoinedNodes;
  let pages: CallPages;
  let visitors: Visitors;

  beforeAll(async () => {
    nats = await startNats();
    const join = (name: string): Promise<Bus> => connectNatsBus({ url: nats.url, prefix: 'calls', name });
    joined = await startJoinedNodes({ buses: [await join('one'), await join('two')] });
    pages = await startCallPages();
    visitors = await Visitors.launch();
  });
  afterAll(async () => {
    await visitors?.leave();
    await visitors?.close();
    await pages?.close();
    await joined?.close();
    await nats?.close();
  });

  it('ring at every node, see each other, and are told of the end', async () => {
    const [one, two] = joined.nodes as [TestNode, TestNode];
    const bobsUser = await addUser(one.url, 'bob');
    const [alice, bob, bobElsewhere] = await Promise.all([
      Caller.open(visitors, pages, one.url, await addUser(one.url, 'alice')),
      Caller.open(visitors, pages, two.url, bobsUser),
      Caller.open(visitors, pages, one.url, bobsUser),
    ]);
    await alice.call(bob, true);
    await Promise.all([bob, bobElsewhere].map((each) => each.reaches('incoming')));
    await bob.answer(true);
    await bobElsewhere.reaches('ended answeredElsewhere');
    await Promise.all([alice.reaches('connected'), bob.reaches('connected')]);
    await Promise.all([alice.sees(), bob.sees(), alice.hears(), bob.hears()]);
    await bob.run(({ calls }) => calls.at(-1)?.setAudio(false));
    await alice.logged('peer video');

    // Whoever loads his page anew proves the call to the node that he comes back to.
    await bob.page.goto(bob.page.url().replace(encodeURIComponent(two.url), encodeURIComponent(one.url)));
    await bob.reaches('interrupted');
    await bob.run(({ calls }) => calls.at(-1)?.resume());
    await Promise.all([alice.reaches('connected'), bob.reaches('connected')]);
    await Promise.all([alice.sees(), bob.sees()]);

    await alice.hangup();
    await bob.reaches('ended hangup');
    await Promise.all([alice.logged('log out answered'), bob.logged('log in answered')]);
    await bobElsewhere.logged('log in answered');
    for (const each of [alice, bob, bobElsewhere]) {
      expect((await each.log()).filter((line) => line.startsWith('log'))).toHaveLength(1);
    }
  }, 120_000);
});
