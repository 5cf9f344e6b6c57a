import { DatabaseSync } from 'node:sqlite';
import { Client, type LocalMessage } from '@stoa/client';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  MESIBO_DELETE_DEFAULT,
  MESIBO_DELETE_RECALL,
  MESIBO_FLAG_DEFAULT,
  MESIBO_FLAG_MODIFY,
} from '../constants/message.ts';
import { Chat, profileOf } from '../testing/chat.ts';
import { eventually } from '../testing/eventually.ts';
import type { FileTransfer } from './file-transfer.ts';

let chat: Chat;

beforeAll(async () => {
  chat = await Chat.start();
});
afterEach(() => chat.signOutAll());
afterAll(() => chat.close());

const sent = 1;
const delivered = 2;
const read = 3;

describe('sending, v2', () => {
  it('gives the id at once, reports the message, and then what becomes of it: always the same object', async () => {
    const [alice, bob] = await chat.pair();
    const m = profileOf(alice, bob).newMessage();
    m.message = 'Hello';
    expect(m.send()).toBe(0);
    const id = m.mid;
    expect(id).toBeGreaterThan(0);
    expect([m.id, m.getMessageId()]).toEqual([id, id]);
    expect(alice.heard.reports).toEqual([]);

    expect(await alice.heard.message('Hello')).toBe(m);
    await alice.heard.status(m, delivered);
    expect(new Set(alice.heard.statuses.map(({ message }) => message))).toEqual(new Set([m]));
    expect(new Set(alice.heard.statuses.map(({ mid }) => mid))).toEqual(new Set([id]));
    expect(alice.heard.statuses.map(({ status }) => status)).toEqual([sent, delivered]);
    expect(m.isOutgoing() && m.isDelivered() && m.isRealtimeMessage()).toBe(true);

    const received = await bob.heard.message('Hello');
    expect(received.isIncoming() && received.isRealtimeMessage() && !received.isGroupMessage()).toBe(true);
    expect(received.profile).toBe(profileOf(bob, alice));
    expect(received.getSenderProfile()?.getAddress()).toBe(alice.address);
    expect(received.isDestinedFor(profileOf(bob, alice))).toBe(true);
    expect(bob.api.getSenderMessageId(received.mid)).toBe(id);
    expect(Math.abs(received.ts - Date.now())).toBeLessThan(60_000);
  });

  it('carries rich text, bytes, custom fields, a location and a file', async () => {
    const [alice, bob] = await chat.pair();
    const m = profileOf(alice, bob).newMessage();
    m.message = 'Everest';
    m.title = 'Himalaya';
    m.subtitle = 'Nepal';
    m.latitude = 27.9881;
    m.longitude = 86.925;
    m.setType(7);
    m.setString('colour', 'white');
    m.setLong('height', 8849);
    m.setBoolean('climbed', true);
    m.setContent('https://example.com/everest.jpg?size=large');
    m.setContentType(1);
    m.setThumbnail(new Uint8Array([0xff, 0xd8]));
    m.send();

    const received = await bob.heard.message('Everest');
    expect(received).toMatchObject({ title: 'Himalaya', subtitle: 'Nepal', type: 7, latitude: 27.9881 });
    expect(received.getString('colour')).toBe('white');
    expect(received.getLong('height')).toBe(8849);
    expect(received.getBoolean('climbed')).toBe(true);
    expect(received.getString('absent', 'nothing')).toBe('nothing');
    expect(received.isRichMessage() && received.hasImage() && received.hasLocation()).toBe(true);
    expect(received).toMatchObject({ filetype: 1, fileurl: 'https://example.com/everest.jpg?size=large' });
    expect(received.file).toMatchObject({ name: 'everest.jpg', url: received.fileurl });
    expect(received.getThumbnail()).toMatch(/^data:image/);
    const loads: string[] = [];
    const image = {
      get src() {
        return loads.at(-1) ?? 'x';
      },
      set src(url) {
        loads.push(url);
      },
    } as HTMLImageElement;
    // The template of the messenger asks at every error of the image: also when this is what cannot be loaded.
    for (let error = 0; error < 3; error += 1) received.file?.loadImageFromCache(image);
    expect(loads).toEqual([received.fileurl]);
  });

  it('carries bytes that read as bytes and as text', async () => {
    const [alice, bob] = await chat.pair();
    const m = profileOf(alice, bob).newMessage();
    m.data = new TextEncoder().encode('{"x":1}');
    m.send();
    await bob.heard.until(() => bob.heard.messages.length > 0, 'the message');
    const data = bob.heard.messages[0]?.data;
    expect(data).toBeInstanceOf(Uint8Array);
    expect(JSON.parse(String(data))).toEqual({ x: 1 });
  });

  it('hides URLs with scripts from applications that make links of them', async () => {
    const [alice, bob] = await chat.pair();
    const file = {
      filetype: 10,
      fileurl: 'javascript:alert(1)',
      launchurl: 'JavaScript:alert(2)',
      message: 'click',
    };
    alice.api.sendFile({ peer: bob.address }, 0, file);
    const received = await bob.heard.message('click');
    expect([received.file, received.fileurl, received.launchurl]).toEqual([null, undefined, undefined]);
  });

  it('sends the plain message without a file, a title or anything that was not set', async () => {
    const [alice, bob] = await chat.pair();
    profileOf(alice, bob).sendMessage(0, 'plain');
    const received = await bob.heard.message('plain');
    expect(received.isPlainMessage()).toBe(true);
    expect([received.filetype, received.file, received.presence]).toEqual([undefined, null, undefined]);
  });

  it('fails with INVALIDDEST when there is no such user', async () => {
    const alice = await chat.signIn('alice');
    const m = profileOf(alice, 'nobody').newMessage();
    m.message = 'Is anybody there?';
    m.send();
    await alice.heard.status(m, 0x83);
    expect(m.isFailed() && m.isOutgoing()).toBe(true);
    const { mid } = m;
    await chat.server.addUser('nobody');
    expect(m.resend()).toBe(0);
    await alice.heard.status(m, sent);
    expect(m.mid).toBe(mid);
  });

  it('uploads a file first, tells how far it is, and sends the message once', async () => {
    const [alice, bob] = await chat.pair();
    const told: { progress: number; done: boolean; ok: boolean }[] = [];
    alice.api.addListener({
      Mesibo_onFileTransferProgress: ({ progress, inProgress, result }: FileTransfer) =>
        told.push({ progress, done: !inProgress, ok: result }),
    });
    const m = profileOf(alice, bob).newMessage();
    m.message = 'My holidays';
    m.setContent(new File(['<b>not a picture</b>'], 'a.html', { type: 'image/png' }));
    expect(m.send()).toBe(0);
    expect(await alice.heard.message('My holidays')).toBe(m);
    expect(m.isFileTransferInProgress()).toBe(true);
    const received = await bob.heard.message('My holidays');
    expect(received).toMatchObject({ filetype: 10, size: 20, file: { name: 'a.html', mime: 'text/plain' } });
    expect(await (await fetch(received.fileurl ?? '')).text()).toBe('<b>not a picture</b>');
    await alice.heard.until(() => m.fileurl !== undefined, 'the link');
    await alice.heard.status(m, sent);
    expect(told.at(-1)).toEqual({ progress: 100, done: true, ok: true });
    expect(alice.heard.messages.filter((each) => each === m)).toHaveLength(1);
    expect(m.fileurl).toBe(received.fileurl);
  });

  it('renews the link to a file that has run out, tells of it, and keeps what it does not show', async () => {
    const [alice, bob] = await chat.pair();
    const form = new FormData();
    form.append('file', new Blob(['the file']), 'a.txt');
    const headers = { authorization: `Bearer ${alice.token}` };
    const uploaded = await fetch(`${chat.server.url}/files`, { method: 'POST', headers, body: form });
    const { id, url } = (await uploaded.json()).file;
    const expired = url.replace(/expires=\d+/, 'expires=1');
    const client = new Client({ url: chat.server.url, token: alice.token });
    await client.start();
    const contacts = [{ name: 'Carol' }];
    for (const [text, file] of [
      ['by link', { url: expired }],
      ['by id', { id, url: expired }],
    ] as const) {
      await client.send({ peer: bob.address }, { content: { text, contacts, file } }).sent;
      const m = await bob.heard.message(text);
      await bob.heard.until(() => m.fileurl !== expired, 'the link');
      expect(await (await fetch(m.fileurl ?? '')).text()).toBe('the file');
      expect(m.file?.url).toBe(m.fileurl);
      const image = {} as HTMLImageElement;
      m.file?.loadImageFromCache(image);
      expect(image.src).toBe(m.fileurl);
      const again = new Promise<LocalMessage>((resolve) =>
        client.on('message', (each) => each.outgoing || resolve(each)),
      );
      m.forward(profileOf(bob, alice)).send();
      expect((await again).content).toMatchObject({ contacts, file: { url: m.fileurl } });
    }
    // The second time, the link was known already.
    expect(bob.heard.updates.map(({ message }) => message)).toEqual(['by link']);
    await client.stop();
  });

  it('leaves uploading to an application that wants to do it', async () => {
    const [alice, bob] = await chat.pair();
    alice.api.addListener({
      Mesibo_onStartFileTransfer: (transfer: FileTransfer) => {
        queueMicrotask(() => transfer.setResult(true, 'https://example.com/a.jpg'));
        return true;
      },
    });
    expect(profileOf(alice, bob).sendFile(77, { file: new Blob(['a']), filetype: 1, message: 'own' })).toBe(
      0,
    );
    expect(await bob.heard.message('own')).toMatchObject({
      filetype: 1,
      fileurl: 'https://example.com/a.jpg',
    });
  });

  it('uploads to another server by the form that mesibo documents', async () => {
    const [alice, bob] = await chat.pair();
    alice.api.setUploadUrl(`${chat.server.url}/files/upload`, alice.token);
    const m = profileOf(alice, bob).newMessage();
    m.message = 'by form';
    m.setContent(new Blob(['a']));
    expect(m.send()).toBe(0);
    const { fileurl = '' } = await bob.heard.message('by form');
    expect(await (await fetch(fileurl)).text()).toBe('a');
  });

  it('shows a message as failed whose upload was cancelled, or that names no file', async () => {
    const alice = await chat.signIn('alice');
    const m = profileOf(alice, 'bob').newMessage();
    m.message = 'cancelled';
    m.setContent(new Blob(['picture']));
    expect(m.send()).toBe(0);
    expect(m.stopFileTransfer()).toBe(true);
    await alice.heard.status(m, 0x80);
    expect(m.isFileTransferFailed()).toBe(true);
    const other = profileOf(alice, 'bob').newMessage();
    other.setContent('filefield');
    expect(other.send()).toBe(0x80);
    await alice.heard.status(other, 0x80);
  });

  it('refuses a message that is too large, and shows it as failed', async () => {
    const alice = await chat.signIn('alice');
    const m = profileOf(alice, 'bob').newMessage();
    m.message = 'x'.repeat(100_000);
    expect(m.send()).toBe(0x86);
    await alice.heard.status(m, 0x80);
  });

  it('shows what the device cannot keep as failed, and sends it when it can', async () => {
    const bob = await chat.signIn('bob');
    const alice = await chat.signIn('full-disk', 'full');
    const exec = DatabaseSync.prototype.exec;
    const disk = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (
      this: DatabaseSync,
      sql,
    ) {
      if (this.location()?.includes('full-') && sql === 'BEGIN') throw new Error('database or disk is full');
      exec.call(this, sql);
    });
    const m = profileOf(alice, bob).newMessage();
    m.message = 'Can you hear me?';
    expect(m.send()).toBe(0);
    await alice.heard.status(m, 0x80);
    expect(alice.heard.messages).toEqual([m]);
    disk.mockRestore();
    const { mid } = m;
    expect(m.resend()).toBe(0);
    await alice.heard.status(m, sent);
    await bob.heard.message('Can you hear me?');
    // The same message, which is in the list of the application already.
    expect([m.mid, alice.heard.messages]).toEqual([mid, [m]]);
  });

  it('answers and forwards', async () => {
    const [alice, bob] = await chat.pair();
    const carol = await chat.signIn('carol');
    const question = profileOf(alice, bob).newMessage();
    question.message = 'How are you?';
    question.send();

    const received = await bob.heard.message('How are you?');
    const reply = received.reply();
    reply.message = 'Fine';
    reply.send();
    const answer = await alice.heard.message('Fine');
    expect(answer.isReply()).toBe(true);
    expect(answer.refid).toBe(question.mid);
    expect(answer.getRepliedToMessage()).toBe(question);
    expect(reply.refid).toBe(received.mid);

    const copy = received.forward(profileOf(bob, carol));
    copy.send();
    const forwarded = await carol.heard.message('How are you?');
    expect(forwarded.isForwarded()).toBe(true);
    expect(received.isForwarded()).toBe(false);
  });

  it('sends before the connection is up', async () => {
    const alice = await chat.prepare('early');
    const [bob] = await chat.pair();
    profileOf(alice, bob).sendMessage(7, 'early');
    alice.api.start();
    await bob.heard.message('early');
    expect((await alice.heard.message('early')).mid).toBe(7);
  });

  it('reports it to the other devices of the user too', async () => {
    const [one, bob] = await chat.pair();
    const other = await chat.signIn(one.address);
    profileOf(one, bob).sendMessage(0, 'from one device');
    const m = await other.heard.message('from one device');
    expect(m.isOutgoing()).toBe(true);
    expect(m.profile).toBe(profileOf(other, bob));
  });

  it('drops what the filter refuses', async () => {
    const [alice, bob] = await chat.pair();
    Object.assign(bob.heard, {
      Mesibo_onMessageFilter: (m: { message: string }) => m.message !== 'spam',
    });
    profileOf(alice, bob).sendMessage(0, 'spam');
    profileOf(alice, bob).sendMessage(0, 'ham');
    await bob.heard.message('ham');
    expect(bob.heard.texts).toEqual(['ham']);
  });
});

describe('sending, v1', () => {
  it('reports the status under the id that the application chose', async () => {
    const [alice, bob] = await chat.pair();
    const statuses: [number, number][] = [];
    alice.api.addListener({
      Mesibo_OnMessageStatus: (m: { id: number; status: number }) => statuses.push([m.id, m.status]),
    });
    const id = alice.api.random();
    expect(alice.api.sendMessage({ peer: bob.address, flag: 3, type: 1 }, id, 'Hello')).toBe(0);
    const received = await bob.heard.message('Hello');
    const own = await alice.heard.message('Hello');
    // Else the server may tell of both at once.
    await alice.heard.status(own, delivered);
    expect(bob.api.sendReadReceipt(alice.address, 0, String(received.mid))).toBe(0);
    await alice.heard.status(own, read);
    expect(statuses).toEqual([
      [id, sent],
      [id, delivered],
      [id, read],
    ]);
  });

  it('keeps messages apart to which the application gave the same id', async () => {
    const [alice, bob] = await chat.pair();
    alice.api.sendMessage({ peer: bob.address }, 1, 'first');
    alice.api.sendMessage({ peer: bob.address }, 1, 'second');
    const messages = [await alice.heard.message('first'), await alice.heard.message('second')];
    for (const message of messages) await alice.heard.status(message, delivered);
    expect(new Set(messages).size).toBe(2);
    expect(alice.heard.messages).toEqual(messages);
  });

  it('calls Mesibo_OnMessage with the payload, for what others sent alone', async () => {
    const [alice, bob] = await chat.pair();
    const heard: [string, string, number][] = [];
    bob.api.addListener({
      Mesibo_OnMessage(m: { peer: string }, data: Uint8Array) {
        heard.push([m.peer, String(data), data.byteLength]);
        // An automatic reply must not answer itself.
        bob.api.sendMessage({ peer: m.peer }, bob.api.random(), 'I am away');
      },
    });
    alice.api.sendMessage({ peer: bob.address }, alice.api.random(), 'Grüße');
    await alice.heard.message('I am away');
    await bob.heard.message('I am away');
    expect(heard).toEqual([[alice.address, 'Grüße', 7]]);
  });

  it('sends a file that is uploaded already, and refuses what is not', async () => {
    const [alice, bob] = await chat.pair();
    const file = {
      filetype: 1,
      fileurl: 'https://example.com/a.jpg',
      size: 1023,
      title: 'A',
      message: 'see',
    };
    expect(alice.api.sendFile({ peer: bob.address }, alice.api.random(), file)).toBe(0);
    expect(await bob.heard.message('see')).toMatchObject({ filetype: 1, size: 1023, title: 'A' });
    expect(profileOf(alice, bob).sendFile(1, { file: 'filefield', message: 'no such field' })).toBe(0x80);
  });

  it('takes numbers for texts, and the number of a group as text', async () => {
    const [alice, bob] = await chat.pair();
    alice.api.sendMessage({ peer: bob.address }, alice.api.random(), 21.5 as never);
    await bob.heard.message('21.5');
    const reading = profileOf(alice, bob).newMessage();
    Object.assign(reading, { message: 22, title: 7 });
    expect(reading.send()).toBe(0);
    expect(await bob.heard.message('22')).toMatchObject({ title: '7' });
    alice.api.sendMessage({ peer: bob.address }, alice.api.random(), new Uint16Array([0x4142, 0x4344]));
    await bob.heard.until(() => bob.heard.messages.length === 3, 'the bytes');
    expect(String(bob.heard.messages[2]?.data)).toBe('BADC');

    const members = { m: `${alice.address},${bob.address}` };
    const { group } = await chat.server.backend('groupadd', { group: { name: 'Friends', members } });
    const groupid = String((group as { gid: number }).gid) as never;
    await eventually(() => alice.api.getGroupProfiles().length === 1, 'the group');
    expect(alice.api.sendMessage({ peer: '', groupid }, alice.api.random(), 'to all')).toBe(0);
    const received = await bob.heard.message('to all');
    expect([received.groupid, alice.api.getGroupProfiles()[0]?.getGroupId()]).toEqual([
      Number(groupid),
      Number(groupid),
    ]);
  });

  it('does not store what expires at once', async () => {
    const [alice, bob] = await chat.pair();
    alice.api.sendMessage({ peer: bob.address, type: 7, expiry: 0 }, alice.api.random(), 'a stroke');
    const stroke = await bob.heard.message('a stroke');
    expect(stroke.type).toBe(7);
    expect(await bob.api.readDbSession(alice.address, 0, 'stroke').read(10)).toBe(0);
  });

  it('forwards, resends and deletes by id', async () => {
    const [alice, bob] = await chat.pair();
    const carol = await chat.signIn('carol');
    const id = alice.api.random();
    alice.api.sendMessage({ peer: bob.address }, id, 'pass it on');
    const m = await alice.heard.message('pass it on');
    expect(alice.api.forwardMessage({ peer: 'carol' }, alice.api.random(), id)).toBe(0);
    await carol.heard.message('pass it on');
    expect(alice.api.resendMessage({}, id)).toBe(0x85);
    await alice.heard.status(m, sent);
    expect(await alice.api.deleteMessage(id)).toBe(0);
    expect(await alice.api.deleteMessage(id, true)).toBe(0);
  });

  it('deletes nothing by an id that is none, whatever waits in the outbox', async () => {
    const before = await chat.signIn('hasty', 'outbox');
    before.api.sendMessage({ peer: 'nobody-there' }, before.api.random(), 'to nobody');
    const unsent = await before.heard.message('to nobody');
    await before.heard.until(() => unsent.status >= 0x80, 'the refusal');
    before.api.stop();
    await before.heard.until(() => before.heard.connection.at(-1) === 5, 'stopped');
    const { api } = await chat.signIn('hasty', 'outbox');
    for (const id of [0, -1, Number.NaN]) expect(await api.deleteMessage(id)).toBe(0x85);
    const session = api.readDbSession('nobody-there', 0, null, {});
    expect(await session.read(10)).toBe(1);
  });

  it('deletes and recalls by their ids what is on the device and nobody shows', async () => {
    const bob = await chat.signIn('reader');
    const before = await chat.signIn('forgetful', 'ids');
    const ids = [1, 2, 3].map((more) => before.api.random() + more);
    for (const id of ids) before.api.sendMessage({ peer: bob.address }, id, `number ${id}`);
    const [first, second, third] = await Promise.all(ids.map((id) => bob.heard.message(`number ${id}`)));
    for (const id of ids) await before.heard.status(await before.heard.message(`number ${id}`), delivered);
    before.api.stop();
    await before.heard.until(() => before.heard.connection.at(-1) === 5, 'stopped');
    // The next page has the messages in its database, and no objects for them.
    const { api } = await chat.signIn('forgetful', 'ids');
    const [own = 0, shared = 0, old = 0] = ids;
    const flag = MESIBO_FLAG_DEFAULT | MESIBO_FLAG_MODIFY;
    expect(api.sendMessage({ peer: bob.address, flag }, old, 'better')).toBe(0);
    await bob.heard.until(() => third?.message === 'better', 'the change');
    expect(api.forwardMessage({ peer: bob.address }, 77, own)).toBe(0);
    await bob.heard.until(
      () => bob.heard.texts.filter((text) => text === `number ${own}`).length === 2,
      'a copy',
    );
    expect(await api.deleteMessage(own, MESIBO_DELETE_DEFAULT)).toBe(0);
    expect(await api.deleteMessage(shared, MESIBO_DELETE_RECALL)).toBe(0);
    expect(await api.deleteMessage(own + 10)).toBe(0x85);
    await bob.heard.until(() => second?.isDeleted() === true, 'the recall');
    expect(first?.isDeleted()).toBe(false);
  });

  it('refuses what names nobody', async () => {
    const alice = await chat.prepare('alice');
    expect(alice.api.sendMessage({}, 1, 'to whom?')).toBe(0x85);
    expect(alice.api.getProfile('')).toBe(null);
  });
});
