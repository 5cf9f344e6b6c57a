import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ConfigFile, type ReadFile, readConfigFile } from './config-file.ts';
import { type SettingProblem, type SettingSource, SettingsError } from './settings-error.ts';
import { type SettingName, type SettingValues, settingList, settingTable } from './table.ts';
import { readTls, type Tls } from './tls.ts';

/** Where the database is: a file of the embedded one, or the address (with a password) of one on a server. */
export type DatabasePlace =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string };

/** All settings of a node, valid. Paths are absolute. */
export interface Settings extends SettingValues {
  readonly database: DatabasePlace;
  readonly filesDir: string;
  readonly recordingsDir: string;
  /** Null when the server speaks plain HTTP. */
  readonly tls: Tls | null;
  /** Where each value came from: a port that was not asked for may give way, one that was may not. */
  readonly sources: Readonly<Record<SettingName, SettingSource>>;
  /** The config file that was read. */
  readonly configFile: string | null;
}

export interface SettingInputs {
  /** Flags by the names of the settings (`publicUrl`), as a command-line parser gives them; `config` names the file. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** Defaults to no environment at all, so that tests do not depend on the machine's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly readFile?: ReadFile;
}

/**
 * Reads all settings: a flag counts before an environment variable, that before the config file, that before the default.
 *
 * @throws SettingsError that lists everything that is wrong.
 * @example
 * const settings = loadSettings({ flags: { port: '9000' }, env: process.env });
 */
export function loadSettings(inputs: SettingInputs = {}): Settings {
  const { flags = {}, env = {}, cwd = process.cwd(), readFile = readTextFile } = inputs;
  const dataDir =
    given(flags.dataDir) ?? given(env[settingTable.dataDir.env]) ?? settingTable.dataDir.fallback;
  const file = readConfigFile({
    named: textOf(given(flags.config) ?? given(env.STOA_CONFIG)),
    dataDir: String(dataDir),
    cwd,
    readFile,
  });

  const problems: SettingProblem[] = [];
  const values: Record<string, unknown> = {};
  const sources: Record<string, SettingSource> = {};
  for (const entry of settingList) {
    const found = lookUp(entry, flags, env, file);
    sources[entry.name] = found.source;
    values[entry.name] = entry.fallback;
    if (found.source === 'default') continue;
    const reading = entry.type.read(found.input);
    if ('value' in reading) values[entry.name] = reading.value;
    else
      problems.push({ setting: found.label, problem: describe(reading.problem, found.input, entry.secret) });
  }

  const read = values as SettingValues;
  const absolute = resolve(cwd, read.dataDir);
  const database = databasePlace(read.databaseUrl, absolute);
  if (read.natsUrl !== null && database.kind === 'sqlite') {
    problems.push({ setting: settingTable.natsUrl.env, problem: natsNeedsPostgres });
  }
  const tls = readTls({ cwd, certificate: read.tlsCertificate, key: read.tlsKey, readFile, problems });
  if (read.turnSecret === null && read.turnUrls.some((url) => url.startsWith('turn'))) {
    const { env: setting } = settingTable.turnSecret;
    problems.push({
      setting,
      problem: `must be set, because ${settingTable.turnUrls.env} names TURN servers`,
    });
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return {
    ...read,
    dataDir: absolute,
    filesDir: resolve(absolute, read.filesDir ?? 'files'),
    recordingsDir: resolve(absolute, read.recordingsDir ?? 'recordings'),
    database,
    tls,
    sources: sources as Record<SettingName, SettingSource>,
    configFile: file?.path ?? null,
  };
}

const natsNeedsPostgres =
  'joins several nodes, which cannot share the embedded database: set STOA_DATABASE_URL to postgres://… as well';

function databasePlace(url: string, dataDir: string): DatabasePlace {
  const [, file] = /^sqlite:(.*)$/s.exec(url) ?? [];
  if (file === undefined) return { kind: 'postgres', url };
  return { kind: 'sqlite', path: resolve(dataDir, file) };
}

function lookUp(
  { name, env: variable, flag }: (typeof settingList)[number],
  flags: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
  file: ConfigFile | undefined,
): { source: SettingSource; label: string; input: unknown } {
  const fromFlag = given(flags[name]);
  if (fromFlag !== undefined) return { source: 'flag', label: flag, input: fromFlag };
  const fromEnvironment = given(env[variable]);
  if (fromEnvironment !== undefined)
    return { source: 'environment', label: variable, input: fromEnvironment };
  const fromFile = given(file?.values[name]);
  if (fromFile !== undefined) {
    return { source: 'config file', label: `"${name}" in ${file?.path}`, input: fromFile };
  }
  return { source: 'default', label: name, input: undefined };
}

/** An empty variable and a null in the file count as not given, as everywhere in the shell's world. */
function given(input: unknown): unknown {
  return input === '' || input === null ? undefined : input;
}

function textOf(input: unknown): string | undefined {
  return input === undefined ? undefined : String(input);
}

function describe(problem: string, input: unknown, secret: true | undefined): string {
  if (secret) return problem;
  const shown = typeof input === 'string' ? input : JSON.stringify(input);
  return `is "${shown.slice(0, 100)}", but ${problem}`;
}

function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return undefined;
    }
    throw new SettingsError([{ setting: path, problem: `cannot be read: ${String(error)}` }]);
  }
}
