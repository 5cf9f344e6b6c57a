import { Readable } from 'node:stream';
import { openSqliteStore } from '@stoa/storage';
import { ManualClock, tempFolder } from '@stoa/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { DiskFileStore } from './disk-file-store.ts';
import { PartialFiles } from './partial-files.ts';
import { Uploads } from './uploads.ts';

it('a file that is still being stored counts already, and keeps no other one waiting', async () => {
  const folder = tempFolder();
  const database = await openSqliteStore({ path: `${folder.path}/stoa.db` });
  const records = database.files;
  onTestFinished(async () => {
    await database.close();
    folder.remove();
  });
  const gate = Promise.withResolvers<void>();
  const storing = Promise.withResolvers<void>();
  class SlowStore extends DiskFileStore {
    override async put(id: string, path: string): Promise<void> {
      storing.resolve();
      await gate.promise;
      await super.put(id, path);
    }
  }
  const uploads = new Uploads({
    records,
    store: new SlowStore(`${folder.path}/files`),
    partial: new PartialFiles(`${folder.path}/partial`),
    clock: new ManualClock(),
    limitsOf: async () => ({ bytes: 100, bytesPerUser: 100, types: [] }),
    requireUpload: async () => {},
  });
  const alice = { aid: 1, uid: 7 };
  const send = (size: number) => uploads.receive(alice, 'a', Readable.from([Buffer.alloc(size)]));
  const slow = send(60);
  await storing.promise;
  await expect(send(41)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
  expect(await uploads.begin(alice, { name: 'b', size: 40 })).toMatchObject({ size: 40 });
  gate.resolve();
  expect(await slow).toMatchObject({ size: 60 });
  expect(await records.usage(alice.uid)).toEqual({ bytes: 100, unfinished: 1 });
});
