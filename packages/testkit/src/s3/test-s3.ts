import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.ts';
import { GuardedFolder } from '../guarded/guard-folder.ts';

const program = fileURLToPath(new URL('./s3-program.ts', import.meta.url));
const bucket = 'stoa-test';
/** The one key that the server knows. */
const key = 'S3RVER';

/** A server that speaks S3, in a process of its own with one empty bucket; it can be stopped and started again. */
export class TestS3 {
  readonly #folder: GuardedFolder;
  readonly #path: string;
  readonly #port: number;

  private constructor(folder: GuardedFolder, path: string, port: number) {
    this.#folder = folder;
    this.#path = path;
    this.#port = port;
  }

  /** Use {@link startS3}. */
  static async start(): Promise<TestS3> {
    const port = await freePort('tcp');
    const path = mkdtempSync(join(tmpdir(), 'stoa-s3-'));
    const folder = new GuardedFolder(path);
    const s3 = new TestS3(folder, path, port);
    try {
      await s3.start();
    } catch (error) {
      await folder.remove();
      throw error;
    }
    return s3;
  }

  /** The setting STOA_FILES for its bucket, or another. */
  address(name = bucket, secret = key): string {
    return `s3://${key}:${secret}@${name}/files?endpoint=http://127.0.0.1:${this.#port}`;
  }

  /** Names of all objects in the bucket. */
  objects(): string[] {
    const found = readdirSync(join(this.#path, bucket), { recursive: true, encoding: 'utf8' });
    return found.flatMap((name) => /^(.*)\._S3rver_object$/.exec(name)?.[1] ?? []);
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    const args = [program, this.#path, String(this.#port), bucket];
    await this.#folder.start({ file: process.execPath, args, env: {} }, 'S3 is ready');
  }

  /** As with `kill -9`. */
  async kill(): Promise<void> {
    await this.#folder.kill('SIGKILL');
  }

  /** Ends it for good, and removes what it stored. */
  async close(): Promise<void> {
    await this.#folder.remove();
  }
}

/**
 * Starts a server that speaks S3 on a free port of this machine. It is gone with the process that started it, however
 * that ends.
 *
 * @example
 * const s3 = await startS3();
 * const server = await startTestNode({ env: { STOA_FILES: s3.address() } });
 */
export function startS3(): Promise<TestS3> {
  return TestS3.start();
}
