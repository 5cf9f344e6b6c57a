/** Statements kept at most; the code has fewer different ones. */
const limit = 512;

/** Turns the question marks of statements into `$1`, `$2` …, each statement once. Ours have none in quotes. */
export class QuestionMarks {
  readonly #translated = new Map<string, string>();

  translate(sql: string): string {
    const known = this.#translated.get(sql);
    if (known !== undefined) return known;
    let count = 0;
    const result = sql.replaceAll('?', () => {
      count += 1;
      return `$${count}`;
    });
    if (this.#translated.size < limit) this.#translated.set(sql, result);
    return result;
  }
}
