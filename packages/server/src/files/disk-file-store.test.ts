import { tempFolder } from '@stoa/testkit';
import { afterAll, beforeAll } from 'vitest';
import { DiskFileStore } from './disk-file-store.ts';
import { fileStoreContract } from './file-store-contract.ts';

let folder: ReturnType<typeof tempFolder>;

beforeAll(() => {
  folder = tempFolder();
});
afterAll(() => folder.remove());

fileStoreContract(() => ({ store: new DiskFileStore(`${folder.path}/stored`), folder: folder.path }));
