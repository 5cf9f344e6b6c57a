import { createHash } from 'node:crypto';

/** Statements that get a name at most; the code has fewer different ones. */
const limit = 512;

/** Names for statements, under which each connection prepares them once. */
export class StatementNames {
  readonly #names = new Map<string, string>();

  /** Undefined for a statement that is prepared anew each time. */
  of(sql: string): string | undefined {
    const known = this.#names.get(sql);
    if (known !== undefined || this.#names.size >= limit) return known;
    // By its text: behind a proxy, different programs share connections.
    const name = `stoa_${createHash('sha256').update(sql).digest('hex').slice(0, 32)}`;
    this.#names.set(sql, name);
    return name;
  }
}
