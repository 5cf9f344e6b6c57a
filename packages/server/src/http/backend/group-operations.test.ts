import { adminFlags, groupFlags } from '@stoa/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpFixture, openHttp } from '../http-fixture.ts';

describe('the group operations of the back-end API', () => {
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await openHttp();
    for (const address of ['alice', 'bob', 'carol'])
      await fixture.backend({ op: 'useradd', user: { address } });
  });
  afterAll(() => fixture.close());

  async function newGroup(group: Record<string, unknown> = {}): Promise<number> {
    const answer = await fixture.backend({ op: 'groupadd', group: { name: 'Band', ...group } });
    expect(answer).toMatchObject({ op: 'groupadd', result: true });
    return (answer.group as { gid: number }).gid;
  }

  async function members(gid: number) {
    const answer = await fixture.backend({ op: 'groupgetmembers', group: { gid }, count: 10 });
    return (answer.members as { address: string; permissions: number; role: string; admin: number }[]) ?? [];
  }

  it('make a group with members in both forms', async () => {
    const gid = await newGroup({
      flags: groupFlags.sendBySelected,
      expiry: 3600,
      members: { m: 'alice, bob', admin: { owner: true } },
      profile: { image: 'https://example.com/band.png' },
    });
    expect(await members(gid)).toMatchObject([
      { address: 'alice', role: 'owner', admin: 0xffff },
      { address: 'bob', role: 'owner' },
    ]);
    const flat = await fixture.backend({
      op: 'groupadd',
      name: 'Flat',
      flag: '1',
      m: 'carol',
      cs: '1',
      sflags: '33031',
    });
    expect(flat.group).toMatchObject({ name: 'Flat', flags: 1, members: 1, callFlags: 33031 });
    expect(await members((flat.group as { gid: number }).gid)).toMatchObject([
      { address: 'carol', permissions: 0x1f },
    ]);
  });

  it('make members of those who are named, and of nobody else', async () => {
    // Letters of the names of others.
    for (const address of ['a', 'b']) await fixture.backend({ op: 'useradd', user: { address } });
    const gid = await newGroup({ members: { m: 'bob' } });
    const first = (await fixture.backend({ op: 'groupset', group: { gid, name: 'Duo' } })).group;
    expect(first).toMatchObject({ name: 'Duo', members: 1 });
    const set = await fixture.backend({
      op: 'groupset',
      gid,
      m: 'alice,nobody',
      cs: '0',
      sflags: String(3 * 2 ** 24 + 33031),
    });
    expect(set).toMatchObject({
      result: true,
      unknown: ['nobody'],
      group: { name: 'Duo', members: 2, callFlags: 33031, videoResolution: 3 },
    });
    expect(await members(gid)).toMatchObject([{ address: 'alice', permissions: 0x1e }, { address: 'bob' }]);
    const resolution = { videoResolution: 4, callDuration: 600 };
    expect((await fixture.backend({ op: 'groupset', group: { gid, ...resolution } })).group).toMatchObject({
      ...resolution,
      callFlags: 33031,
    });
  });

  it('change a group, pause it and let it go on', async () => {
    const gid = await newGroup({ flags: groupFlags.receiveLoopback });
    const set = async (group: object) =>
      (await fixture.backend({ op: 'groupset', group: { gid, ...group } })).group;
    expect(await set({ name: 'Trio', active: false })).toMatchObject({
      name: 'Trio',
      flags: groupFlags.receiveLoopback | groupFlags.paused,
    });
    expect(await set({ active: true })).toMatchObject({ name: 'Trio', flags: groupFlags.receiveLoopback });
  });

  it('add, change and remove members', async () => {
    const gid = await newGroup();
    const edit = (members: object) => fixture.backend({ op: 'groupeditmembers', group: { gid, members } });
    expect(await edit({ m: 'alice,bob,nobody', permissions: { send: 0 } })).toMatchObject({
      result: true,
      unknown: ['nobody'],
    });
    expect(await members(gid)).toMatchObject([
      { address: 'alice', permissions: 0x1e, role: 'member' },
      { address: 'bob', permissions: 0x1e, role: 'member' },
    ]);
    await edit({ m: 'bob', permissions: { callDuration: 60, expiry: 3600 } });
    const limits = { calls: { callDuration: 60 }, until: expect.any(Number) };
    expect((await members(gid))[1]).toMatchObject({ permissions: 0x1e, ...limits });
    await edit({ m: 'bob', admin: { remuser: true } });
    expect((await members(gid))[1]).toMatchObject({
      ...limits,
      permissions: 0x1e,
      role: 'admin',
      admin: adminFlags.removeUser,
    });
    expect(await edit({ m: 'alice', remove: 1 })).toMatchObject({ result: true });
    expect(await fixture.backend({ op: 'groupeditmembers', gid, m: 'bob', delete: '1' })).toMatchObject({
      result: true,
    });
    expect(await members(gid)).toEqual([]);
    expect(await edit({})).toMatchObject({ result: false, error: 'BADREQ' });
  });

  it('send to a group in the name of a member, and of others when it is forced', async () => {
    const gid = await newGroup({ members: { m: 'alice' } });
    const send = (message: object) =>
      fixture.backend({ op: 'message', message: { gid, message: 'Hi', ...message } });
    const { mid } = await send({ from: 'alice' });
    expect(await fixture.store.log.find(Number(mid))).toMatchObject({ seq: 1, dev: 0 });
    expect(await send({ from: 'bob' })).toMatchObject({ result: false, error: 'NOTMEMBER' });
    expect(await send({ from: 'bob', forced: true })).toMatchObject({ result: true });
    expect(await send({ from: 'alice', gid: 999_999 })).toMatchObject({
      result: false,
      error: 'INVALIDDEST',
    });
  });

  it('schedule a message to a group', async () => {
    const gid = await newGroup({ members: { m: 'alice' } });
    const when = Date.now() + 3_600_000;
    const send = (from: string) =>
      fixture.backend({ op: 'message', message: { from, gid, message: 'Later', when } });
    expect(await send('alice')).toMatchObject({ result: true, when });
    expect(await send('bob')).toMatchObject({ result: false, error: 'NOTMEMBER' });
  });

  it('make, change, list and remove PINs', async () => {
    const gid = await newGroup();
    const limits = { calls: { callFlags: 3 }, stay: 60 };
    const { pin } = await fixture.backend({
      op: 'groupaddpin',
      group: { gid, permissions: 3, count: 2, callFlags: 3, stay: 60 },
    });
    const number = (pin as { pin: number }).pin;
    expect(pin).toMatchObject({ permissions: 3, uses: 2, ...limits });
    expect(await fixture.backend({ op: 'groupeditpin', gid, pin: number, count: '5' })).toMatchObject({
      pin: { pin: number, permissions: 3, uses: 5, ...limits },
    });
    expect(await fixture.backend({ op: 'groupgetpins', gid })).toMatchObject({ pins: [{ pin: number }] });
    expect(await fixture.backend({ op: 'groupremovepin', gid, pin: number })).toMatchObject({ result: true });
    expect(await fixture.backend({ op: 'groupremovepin', gid, pin: number })).toMatchObject({
      result: false,
      error: 'NOTFOUND',
    });
  });

  it('let in who asks to join, or send them away', async () => {
    const gid = await newGroup({ flags: groupFlags.joinByRequest });
    for (const address of ['bob', 'carol']) {
      const { uid = 0 } = (await fixture.store.users.findByAddress(fixture.aid, address)) ?? {};
      await fixture.options.groups.joining.join({ aid: fixture.aid, uid, address }, gid);
    }
    expect(await fixture.backend({ op: 'groupgetrequests', gid })).toMatchObject({
      count: 2,
      requests: [{ address: 'bob' }, { address: 'carol' }],
    });
    await fixture.backend({ op: 'groupanswerrequests', group: { gid, m: 'bob' } });
    await fixture.backend({ op: 'groupanswerrequests', gid, m: 'carol', accept: 'false' });
    expect(await fixture.backend({ op: 'groupgetrequests', gid })).toMatchObject({ count: 0 });
    expect((await members(gid)).map(({ address }) => address)).toEqual(['bob']);
  });

  it('delete a group, and know none of another app', async () => {
    const gid = await newGroup();
    expect(await fixture.backend({ op: 'groupdel', group: { gid } })).toMatchObject({ result: true });
    for (const op of ['groupdel', 'groupset', 'groupgetmembers']) {
      expect(await fixture.backend({ op, group: { gid } })).toMatchObject({
        result: false,
        error: 'NOTFOUND',
      });
    }
  });
});
