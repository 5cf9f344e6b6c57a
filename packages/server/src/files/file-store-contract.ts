import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import type { FileStore } from './file-store.ts';

export interface StoreUnderTest {
  readonly store: FileStore;
  /** A folder from which the store takes files. */
  readonly folder: string;
}

/** What every FileStore is held to. */
export function fileStoreContract(open: () => StoreUnderTest): void {
  const newId = () => randomBytes(16).toString('hex');

  async function put(content: Uint8Array, id = newId()): Promise<{ id: string; path: string }> {
    const { store, folder } = open();
    const path = join(folder, id);
    writeFileSync(path, content);
    await store.put(id, path);
    return { id, path };
  }

  it.each([0, 1, 300_000])('a file of %i bytes is taken over, and read as it was', async (bytes) => {
    const { store } = open();
    const content = randomBytes(bytes);
    const { id, path } = await put(content);
    expect(existsSync(path)).toBe(false);
    expect(await store.size(id)).toBe(bytes);
    expect((await buffer(await store.open(id))).equals(content)).toBe(true);
  });

  it('a large file is read in parts', async () => {
    const { store } = open();
    const content = randomBytes(10_000_000);
    const { id } = await put(content);
    expect(await store.size(id)).toBe(content.length);
    for (const [start, end] of [
      [0, 1],
      [8_388_600, 8_388_700],
      [9_999_990, 9_999_999],
    ] as const) {
      const part = await buffer(await store.open(id, { start, end }));
      expect(part.length).toBe(end + 1 - start);
      expect(part.equals(content.subarray(start, end + 1))).toBe(true);
    }
    expect((await buffer(await store.open(id))).equals(content)).toBe(true);
  });

  it('taking over may be repeated, and so may removing', async () => {
    const { store } = open();
    const content = randomBytes(10);
    const { id, path } = await put(content);
    await store.put(id, path);
    await put(content, id);
    expect((await buffer(await store.open(id))).equals(content)).toBe(true);
    await store.remove(id);
    await store.remove(id);
    expect(await store.size(id)).toBeUndefined();
  });

  it('what is not there is said not to be', async () => {
    const { store, folder } = open();
    expect(await store.size(newId())).toBeUndefined();
    await expect(store.open(newId())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(store.put(newId(), join(folder, 'none'))).rejects.toThrow('ENOENT');
  });
}
