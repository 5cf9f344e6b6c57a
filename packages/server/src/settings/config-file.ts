import { join, resolve } from 'node:path';
import { type SettingProblem, SettingsError } from './settings-error.ts';
import { type SettingName, settingTable } from './table.ts';

export const configFileName = 'stoa.config.json';

/** Reads a text file; undefined when there is none. */
export type ReadFile = (path: string) => string | undefined;

export interface ConfigFile {
  readonly path: string;
  readonly values: Readonly<Partial<Record<SettingName, unknown>>>;
}

/**
 * The config file that was named, or else the one in the data directory or in the working directory.
 *
 * @throws SettingsError when a named one is missing, when it is not a JSON object, or has keys that are no settings.
 */
export function readConfigFile(options: {
  readonly named: string | undefined;
  readonly dataDir: string;
  readonly cwd: string;
  readonly readFile: ReadFile;
}): ConfigFile | undefined {
  const { named, dataDir, cwd, readFile } = options;
  if (named !== undefined) {
    const path = resolve(cwd, named);
    const text = readFile(path);
    if (text === undefined) throw failure(path, 'does not exist, although it was named as the config file');
    return { path, values: parse(path, text) };
  }
  for (const path of [join(resolve(cwd, dataDir), configFileName), join(cwd, configFileName)]) {
    const text = readFile(path);
    if (text !== undefined) return { path, values: parse(path, text) };
  }
  return undefined;
}

function parse(path: string, text: string): Readonly<Record<string, unknown>> {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    // Not in the words of the parser, which repeat a piece of the text: there may be a password in it.
    const [place] = /line \d+ column \d+/.exec(String(error)) ?? [];
    throw failure(path, `is not valid JSON${place === undefined ? '' : ` (${place})`}`);
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw failure(path, 'must hold a JSON object such as {"port": 8080}');
  }
  const unknown: SettingProblem[] = Object.keys(values)
    .filter((key) => !Object.hasOwn(settingTable, key))
    .map((key) => ({ setting: `"${key}" in ${path}`, problem: `is not a setting${suggestion(key)}` }));
  if (unknown.length > 0) throw new SettingsError(unknown);
  return { ...values };
}

/** Names the setting that was probably meant: the same letters, or its environment variable or flag. */
function suggestion(key: string): string {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z]|^stoa_/g, '');
  const meant = Object.entries(settingTable).find(
    ([name, { env }]) => plain(name) === plain(key) || plain(env) === plain(key),
  );
  return meant === undefined ? '' : `; did you mean "${meant[0]}"?`;
}

function failure(setting: string, problem: string): SettingsError {
  return new SettingsError([{ setting, problem }]);
}
