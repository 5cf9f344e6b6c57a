import { rename, writeFile } from 'node:fs/promises';

/**
 * A file of JSON whose versions are written one after the other, each in place of the one before: a reader never sees
 * half of one.
 */
export class ReplacedJson {
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** As the value is now. Resolves when it can be read; rejects when it could not be written, after which others can. */
  write(value: object): Promise<void> {
    const text = `${JSON.stringify(value, undefined, 2)}\n`;
    const next = this.#writing
      .catch(() => {})
      .then(async () => {
        await writeFile(`${this.#path}.new`, text);
        await rename(`${this.#path}.new`, this.#path);
      });
    this.#writing = next;
    return next;
  }
}
