import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { arrayBuffer as bytesOf } from 'node:stream/consumers';
import { tempFolder } from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest';
import { Chat, type Party, profileOf } from '../testing/chat.ts';
import type { FileTransfer } from './file-transfer.ts';
import type { MesiboMessage } from './message.ts';

let chat: Chat;
let folder: ReturnType<typeof tempFolder>;

beforeAll(async () => {
  folder = tempFolder();
  chat = await Chat.start();
});
afterEach(() => chat.signOutAll());
afterAll(async () => {
  await chat.close();
  folder.remove();
});

const [outbox, sent, failed] = [0, 1, 0x80];
const picture = new File(['not really one'], 'a.png', { type: 'image/png' });

function withFile(from: Party, to: Party, text: string, content: unknown): MesiboMessage {
  const m = profileOf(from, to).newMessage();
  m.message = text;
  m.setContent(content);
  return m;
}

const textAt = async (url: string | undefined) => (await fetch(url ?? '')).text();

it('an application uploads by itself, with what it needs for that, and the message says what the file is', async () => {
  const [alice, bob] = await chat.pair();
  const transfers: FileTransfer[] = [];
  alice.api.addListener({
    Mesibo_onStartFileTransfer(transfer: FileTransfer) {
      transfers.push(transfer);
      transfer.setFileTransferContext('mine');
      return transfer.start(`${chat.server.url}/files/upload`, { op: 'upload', token: alice.token });
    },
  });
  const m = withFile(alice, bob, 'by its own form', picture);
  m.setThumbnail(new Uint8Array([0xff, 0xd8]));
  expect(m.send()).toBe(0);
  const received = await bob.heard.message('by its own form');
  expect(received).toMatchObject({ filetype: 1, size: picture.size });
  expect(received.file).toMatchObject({ name: 'a.png', mime: 'image/png' });
  expect(received.hasImage() && received.hasThumbnail()).toBe(true);
  expect(await textAt(received.fileurl)).toBe('not really one');
  await alice.heard.status(m, sent);
  expect(m.fileurl).toBe(transfers[0]?.getUrl());
  expect(transfers).toMatchObject([{ mid: m.mid, upload: true, priority: 0, source: 0, result: true }]);
  expect([transfers[0]?.getFileTransferContext(), transfers[0]?.getPath()]).toEqual(['mine', 'a.png']);
});

it('is told to stop with it, and the message has failed until the upload is begun anew', async () => {
  const [alice, bob] = await chat.pair();
  const told: string[] = [];
  alice.api.addListener({
    Mesibo_onStartFileTransfer: () => told.push('start') === 1,
    Mesibo_onStopFileTransfer: (transfer: FileTransfer) => told.push(`stop ${transfer.mid}`),
  });
  const m = withFile(alice, bob, 'begun anew', picture);
  m.send();
  const { mid } = m;
  expect(m.stopFileTransfer()).toBe(true);
  await alice.heard.status(m, failed);
  expect([told, m.isFileTransferFailed(), m.isUploadRequired()]).toEqual([
    ['start', `stop ${mid}`],
    true,
    true,
  ]);
  expect(m.startFileTransfer()).toBe(true);
  expect([m.status, m.isUploadRequired(), m.startFileTransfer()]).toEqual([outbox, false, false]);
  expect(await textAt((await bob.heard.message('begun anew')).fileurl)).toBe('not really one');
  await alice.heard.status(m, sent);
  expect([m.mid, alice.heard.messages.filter((each) => each === m).length]).toEqual([mid, 1]);
});

it('an upload is stopped for a while and goes on, or is given up then', async () => {
  const [alice, bob] = await chat.pair();
  const kept = withFile(alice, bob, 'kept', picture);
  const other = withFile(alice, bob, 'given up', picture);
  for (const m of [kept, other]) {
    m.send();
    expect(m.toggleFileTransfer()).toBe(true);
    expect([m.isFileTransferInProgress(), m.isUploadRequired(), m.isFailed()]).toEqual([false, true, false]);
  }
  profileOf(alice, bob).sendMessage(0, 'meanwhile');
  await bob.heard.message('meanwhile');
  expect(other.stopFileTransfer()).toBe(true);
  await alice.heard.status(other, failed);
  expect(kept.toggleFileTransfer()).toBe(true);
  await bob.heard.message('kept');
  await alice.heard.status(kept, sent);
  expect([kept.getProgress(), bob.heard.texts]).toEqual([100, ['meanwhile', 'kept']]);
});

it('a message whose upload has failed is sent again', async () => {
  const [alice, bob] = await chat.pair();
  alice.api.setUploadUrl(`${chat.server.url}/files/upload`, 'not-a-token-of-anybody');
  const m = withFile(alice, bob, 'again', picture);
  m.send();
  await alice.heard.status(m, failed);
  expect(alice.heard.errors.at(-1)).toMatchObject({ code: 'UNAVAILABLE' });
  alice.api.setUploadUrl('');
  expect(m.resend()).toBe(0);
  await bob.heard.message('again');
  await alice.heard.status(m, sent);
  expect(m.isFileTransferFailed()).toBe(false);
});

it('gives a server of the application the fields that mesibo names, and takes each of its answers', async () => {
  const [alice, bob] = await chat.pair();
  const answers = [
    '{"result":true,"url":"https://a.example/1"}',
    '{"file":"https://a.example/2"}',
    'not JSON',
  ];
  const asked: FormData[] = [];
  const own = createServer(async (request, response) => {
    const body = new Response(await bytesOf(request), {
      headers: { 'content-type': String(request.headers['content-type']) },
    });
    asked.push(await body.formData());
    response.end(answers[asked.length - 1]);
  });
  onTestFinished(() => void own.close());
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  alice.api.setUploadUrl(`http://127.0.0.1:${(own.address() as AddressInfo).port}/upload`, 'its auth');
  for (const [text, url] of [
    ['url', 'https://a.example/1'],
    ['file', 'https://a.example/2'],
  ] as const) {
    const m = withFile(alice, bob, text, picture);
    m.send();
    expect((await bob.heard.message(text)).fileurl).toBe(url);
    const { file, ...fields } = Object.fromEntries(asked.at(-1) ?? []);
    const uid = String(alice.api.getUid());
    expect(fields).toEqual({ op: 'upload', auth: 'its auth', uid, mid: String(m.mid), source: '0' });
    expect(file).toMatchObject({ name: 'a.png', type: 'image/png' });
  }
  const refused = withFile(alice, bob, 'neither', picture);
  refused.send();
  await alice.heard.status(refused, failed);
});

it('takes the file at a path and what a data URL holds; what is no file fails', async () => {
  const [alice, bob] = await chat.pair();
  const path = join(folder.path, 'notes.txt');
  writeFileSync(path, 'from the disk');
  withFile(alice, bob, 'path', path).send();
  const byPath = await bob.heard.message('path');
  expect([byPath.getFileName(), await textAt(byPath.fileurl)]).toEqual(['notes.txt', 'from the disk']);
  withFile(alice, bob, 'data', 'data:text/plain,inline').send();
  expect(await textAt((await bob.heard.message('data')).fileurl)).toBe('inline');
  expect(withFile(alice, bob, 'none', join(folder.path, 'none')).send()).toBe(failed);
  expect(withFile(alice, bob, 'folder', folder.path).send()).toBe(failed);
  const later = withFile(alice, bob, 'gone', 'blob:nodedata:none');
  later.send();
  await alice.heard.status(later, failed);
});

it('sends the thumbnail that the application made', async () => {
  const [alice, bob] = await chat.pair();
  const m = withFile(alice, bob, 'small', picture);
  m.setThumbnail(new Uint8Array([0xff, 0xd8, 0xff]));
  m.send();
  expect((await bob.heard.message('small')).tn).toEqual(new Uint8Array([0xff, 0xd8, 0xff]));
});

it('what the server does not take has failed', async () => {
  const [alice, bob] = await chat.pair();
  const password = Buffer.from('admin:test-administrator-password').toString('base64');
  const accept = (types: readonly string[]) =>
    fetch(`${chat.server.url}/v1/apps/1`, {
      method: 'PATCH',
      headers: { authorization: `Basic ${password}`, 'content-type': 'application/json' },
      body: JSON.stringify({ settings: { files: { types } } }),
    });
  expect((await accept(['audio/'])).status).toBe(200);
  const m = withFile(alice, bob, 'refused', picture);
  m.send();
  await alice.heard.status(m, failed);
  expect([m.isFileTransferFailed(), alice.heard.errors.at(-1)?.code]).toEqual([true, 'UNSUPPORTED_TYPE']);
  await accept([]);
  expect(m.resend()).toBe(0);
  await bob.heard.message('refused');
});
