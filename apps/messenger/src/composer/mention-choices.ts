/** Somebody whom a text may name. */
export interface Mentionable {
  /** What stands behind the `@`. */
  readonly user: string;
  readonly name: string;
}

export interface TypedMention {
  /** Place of the `@`. */
  readonly start: number;
  /** What stands between it and the caret. */
  readonly typed: string;
}

/** The mention that ends at the caret; undefined when there is none. */
export function typedMention(text: string, caret: number): TypedMention | undefined {
  const found = /(?<=^|\s)@(\S*)$/u.exec(text.slice(0, caret));
  return found === null ? undefined : { start: found.index, typed: found[1] ?? '' };
}

/** Whose address, or a word of whose name, begins with what was typed. Those in front of `people` come first. */
export function mentionChoices(people: readonly Mentionable[], typed: string): readonly Mentionable[] {
  const query = typed.toLocaleLowerCase();
  const fits = ({ user, name }: Mentionable): boolean =>
    user.toLocaleLowerCase().startsWith(query) || ` ${name.toLocaleLowerCase()}`.includes(` ${query}`);
  return people.filter(fits).slice(0, mostChoices);
}

/** Who types on sees the others. */
const mostChoices = 8;
