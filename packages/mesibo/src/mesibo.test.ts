import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { internal } from './internal.ts';
import { Mesibo } from './mesibo.ts';
import { Chat, profileOf } from './testing/chat.ts';

let chat: Chat;

beforeAll(async () => {
  chat = await Chat.start();
});
afterEach(() => chat.signOutAll());
afterAll(() => chat.close());

describe('starting', () => {
  it('reports CONNECTING and then ONLINE, and knows the user', async () => {
    const { api, heard } = await chat.signIn('alice');
    expect(heard.connection).toEqual([6, 1]);
    expect(api.isOnline()).toBe(true);
    expect(api.getAddress()).toBe('alice');
    expect(api.getUid()).toBeGreaterThan(0);
    expect(api.getSelfProfile().isSelfProfile()).toBe(true);
    expect(api.getProfile('alice')).toBe(api.getSelfProfile());
  });

  it('knows the groups of the user when it says for the first time that it is online', async () => {
    const { api } = await chat.prepare('grouped');
    await chat.server.backend('groupadd', { group: { name: 'Friends', members: { m: 'grouped' } } });
    const listed = new Promise<string[]>((resolve) => {
      api.addListener({
        Mesibo_onConnectionStatus(status: number) {
          if (status === 1) resolve(api.getGroupProfiles().map((group) => group.getName()));
        },
      });
    });
    api.start();
    expect(await listed).toEqual(['Friends']);
  });

  it('says at once that it is online again, also without groups', async () => {
    const { api, heard } = await chat.signIn('ungrouped');
    const told: number[] = [];
    const { client } = api[internal];
    // After the application was told.
    client?.on('status', ({ state }) => state === 'online' && told.push(api[internal].status));
    // Asked after its own question, which a busy machine may answer late.
    await client?.groups.list();
    api.stop();
    await heard.until(() => heard.connection.at(-1) === 5, 'stopped');
    api.start();
    await heard.until(() => heard.connection.at(-1) === 1, 'online again');
    expect([api.getGroupProfiles(), told]).toEqual([[], [1]]);
  });

  it('takes settings in the order of other applications', async () => {
    const { token, heard } = await chat.prepare('alice');
    const api = new Mesibo();
    api.setCredentials(token);
    api.setListener(heard);
    api.setAppName('');
    api.setServer(chat.server.url);
    expect(api.start()).toBe(0);
    await heard.until(() => api.isOnline(), 'online');
    api.stop();
  });

  it('goes on with settings that come after the start', async () => {
    const { api, heard } = await chat.signIn('late');
    const isOpen = new Promise((resolve) => api.setDatabase('late', resolve));
    expect(await isOpen).toBe(true);
    await heard.until(() => api.isOnline() && heard.connection.includes(5), 'online again');
    api.setDatabase('later');
    api.stop();
    await profileOf({ api }, 'bob').getMessageCount();
    expect(heard.connection.at(-1)).toBe(5);
  });

  it('stops and starts again', async () => {
    const { api, heard } = await chat.signIn('alice');
    api.stop();
    await heard.until(() => heard.connection.at(-1) === 5, 'stopped');
    api.start();
    await heard.until(() => heard.connection.at(-1) === 1, 'online again');
    api.stop();
    api.start();
    await heard.until(() => heard.connection.at(-1) === 1, 'online at once');
    profileOf({ api }, 'alice').sendMessage(7, 'to myself');
    await heard.message('to myself');
    // What was asked in passing when it stopped is no error of the application.
    expect(heard.errors).toEqual([]);
  });

  it('reports AUTHFAIL for a token that the server does not know, and says why', async () => {
    const { api, heard } = await chat.prepare('alice');
    expect(api.setCredentials('a-token-that-nobody-issued')).toBe(true);
    api.start();
    await heard.until(() => heard.connection.includes(4), 'AUTHFAIL');
    expect(heard.errors[0]).toMatchObject({ code: 'BAD_TOKEN', hint: expect.stringContaining('token') });
  });

  it('refuses at once what cannot be a token', async () => {
    const api = new Mesibo();
    expect(api.setCredentials('short')).toBe(false);
    expect(Reflect.apply(api.setCredentials, api, [undefined])).toBe(false);
    expect(api.setAccessToken('')).toBe(0xc0);
    expect(api.start()).toBe(0xc0);
  });

  it('reports CONNECTFAILURE when there is no server', async () => {
    const { api, heard } = await chat.prepare('alice');
    api.setServer('http://127.0.0.1:1');
    api.start();
    await heard.until(() => heard.connection.includes(7), 'CONNECTFAILURE');
  });

  it('calls back when the database is open', async () => {
    const { api } = await chat.prepare('alice');
    const isOpen = await new Promise((resolve) => api.setDatabase('called-back', resolve));
    expect(isOpen).toBe(true);
  });

  it('calls back once, however often it is started', async () => {
    const { api, heard } = await chat.prepare('alice');
    const answers: boolean[] = [];
    api.setDatabase('called-back-once', (isOpen) => answers.push(isOpen));
    api.start();
    await heard.until(() => api.isOnline(), 'online');
    api.stop();
    await heard.until(() => heard.connection.at(-1) === 5, 'stopped');
    api.start();
    await heard.until(() => heard.connection.at(-1) === 1, 'online again');
    await profileOf({ api }, 'bob').getMessageCount();
    expect(answers).toEqual([true]);
  });

  it('forgets what the user before kept of others when another one signs in', async () => {
    const { api, heard } = await chat.signIn('alice');
    const before = profileOf({ api }, 'bob');
    before.setName('My Bob');
    const { token } = await chat.prepare('carol');
    expect(api.setCredentials(token)).toBe(true);
    expect(heard.connection.at(-1)).toBe(5);
    expect([api.getAddress(), profileOf({ api }, 'bob').getName()]).toEqual(['', '']);
    api.start();
    await heard.until(() => api.getAddress() === 'carol', 'the other user');
  });

  it('refuses a server address that is none', () => {
    expect(() => new Mesibo().setServer('chat.example.com')).toThrow(/not the URL of a server/);
  });

  it('calls back with false when the database cannot be opened, and works without', async () => {
    const { api, heard } = await chat.prepare('alice');
    api.setPath('no-such-folder');
    const isOpen = new Promise((resolve) => api.setDatabase('nowhere', resolve));
    api.start();
    expect(await isOpen).toBe(false);
    await heard.until(() => heard.connection.includes(1), 'online');
    expect(heard.errors).toEqual([]);
  });

  it('gives one shared instance', () => {
    expect(Mesibo.getInstance()).toBe(Mesibo.getInstance());
    expect(new Mesibo()).not.toBe(Mesibo.getInstance());
  });
});

describe('values', () => {
  it('are kept with the database', async () => {
    const first = await chat.prepare('keeper', 'keys');
    first.api.setKey('theme', 'dark');
    first.api.setKey('gone', 'soon');
    first.api.deleteKey('gone');
    const second = await chat.prepare('keeper', 'keys');
    expect(second.api.readKey('theme')).toBe('dark');
    expect(second.api.readKey('gone')).toBe(null);
    const other = await chat.prepare('somebody-else', 'keys');
    expect(other.api.readKey('theme')).toBe(null);
  });

  it('are remembered without a database until the end', () => {
    const api = new Mesibo();
    api.setKey('theme', 'dark');
    expect(api.readKey('theme')).toBe('dark');
  });

  it('gives ids of 32 bits', () => {
    const api = new Mesibo();
    const id = api.random();
    expect(Number.isInteger(id) && id > 0 && id < 2 ** 32).toBe(true);
    expect(api.getUniqueMessageId()).not.toBe(id);
  });
});

describe('without a connection', () => {
  it('reports an error instead of a group, to the listener that was passed and to the global one', async () => {
    const { api, heard } = await chat.prepare('alice');
    const passed: unknown[] = [];
    const listener = { Mesibo_onGroupError: (...args: unknown[]) => passed.push(args) };
    expect(api.createGroup({ name: 'Friends' }, listener)).toBe(0);
    await heard.until(() => heard.groupErrors.length > 0, 'the error');
    expect(heard.groupErrors).toEqual([10]);
    expect(passed).toEqual([[expect.objectContaining({ name: 'Friends' }), 10]]);
    expect(api.getSortedProfiles()).toEqual([]);
  });

  it('does not call the function that waits for a group', async () => {
    const { api, heard } = await chat.prepare('alice');
    let isCalled = false;
    api.createGroup('Friends', 0, () => {
      isCalled = true;
    });
    await heard.until(() => heard.groupErrors.length > 0, 'the error');
    expect(isCalled).toBe(false);
  });
});

describe('what does not exist yet', () => {
  it('never fails to start a service worker', () => {
    expect(() => new Mesibo().startServiceWorker('http://localhost/messenger/sw.js')).not.toThrow();
    expect(() => Mesibo.initServiceWorker({}, {})).not.toThrow();
  });
});
