/** What reading one value yields: the value, or what is wrong with it (completes "it …"). */
export type Reading<Value> = { readonly value: Value } | { readonly problem: string };

/** A kind of setting: what it accepts, in words and in code. Input is text, or JSON from the config file. */
export interface SettingType<Value> {
  /** Completes "must be …"; stands in error messages and in the table of the documentation. */
  readonly expects: string;
  readonly read: (input: unknown) => Reading<Value>;
}

/** A type whose `parse` gives undefined for what it does not accept. */
function settingType<Value>(expects: string, parse: (text: string) => Value | undefined): SettingType<Value> {
  return {
    expects,
    read: (input) => {
      const value = isPlain(input) ? parse(String(input).trim()) : undefined;
      return value === undefined ? { problem: `must be ${expects}` } : { value };
    },
  };
}

function isPlain(input: unknown): input is string | number | boolean {
  return typeof input === 'string' || typeof input === 'number' || typeof input === 'boolean';
}

export function wholeNumber(minimum: number, maximum: number): SettingType<number> {
  return settingType(`a whole number from ${minimum} to ${maximum}`, (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return number >= minimum && number <= maximum ? number : undefined;
  });
}

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): SettingType<Choice> {
  return settingType(`one of ${choices.join(', ')}`, (text) =>
    choices.find((choice) => choice.toLowerCase() === text.toLowerCase()),
  );
}

export const yesOrNo: SettingType<boolean> = settingType('true or false', (text) => {
  if (['true', '1', 'yes', 'on'].includes(text.toLowerCase())) return true;
  if (['false', '0', 'no', 'off'].includes(text.toLowerCase())) return false;
  return undefined;
});

/** Text of a bounded length; with `pattern`, only of that form. */
export function text(
  expects: string,
  {
    minimum = 1,
    maximum = 4096,
    pattern = /^/,
  }: { minimum?: number; maximum?: number; pattern?: RegExp } = {},
): SettingType<string> {
  return settingType(expects, (value) =>
    value.length >= minimum && value.length <= maximum && pattern.test(value) ? value : undefined,
  );
}

/** An http or https address without query and fragment; a slash at the end is dropped. */
export const webAddress: SettingType<string> = settingType(
  'an address such as https://chat.example.com',
  (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return undefined;
    if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') return undefined;
    return url.href.replace(/\/+$/, '');
  },
);

/** Items separated by commas (or a JSON array), each of one type. */
export function listOf<Item>(item: SettingType<Item>, expects: string): SettingType<readonly Item[]> {
  return {
    expects,
    read: (input) => {
      const parts: unknown[] = Array.isArray(input)
        ? input
        : isPlain(input)
          ? String(input).split(',')
          : [{}];
      const items: Item[] = [];
      for (const part of parts) {
        if (part === '') continue;
        const reading = item.read(part);
        if ('problem' in reading) return { problem: `must be ${expects}` };
        items.push(reading.value);
      }
      return { value: items };
    },
  };
}

/** First and last UDP port, such as 40000-40100; one number is a range of one. */
export const portRange: SettingType<{ readonly first: number; readonly last: number }> = settingType(
  'a port or a range of ports such as 40000-40100',
  (text) => {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
    if (first === undefined) return undefined;
    const range = { first: Number(first), last: Number(last) };
    return range.first >= 1 && range.last <= 65_535 && range.first <= range.last ? range : undefined;
  },
);
