import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { ReadFile } from './config-file.ts';
import type { SettingProblem } from './settings-error.ts';
import { settingTable } from './table.ts';

/** Certificate chain and private key, in PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** Reads key and certificate and tries them; what is wrong is added to `problems`. Null when neither is set. */
export function readTls(options: {
  readonly cwd: string;
  readonly certificate: string | null;
  readonly key: string | null;
  readonly readFile: ReadFile;
  readonly problems: SettingProblem[];
}): Tls | null {
  const { cwd, certificate, key, readFile, problems } = options;
  if (certificate === null && key === null) return null;
  const names = { certificate: settingTable.tlsCertificate.env, key: settingTable.tlsKey.env };
  if (certificate === null || key === null) {
    const [set, unset] =
      certificate === null ? [names.key, names.certificate] : [names.certificate, names.key];
    problems.push({ setting: set, problem: `is set without ${unset}; set both for HTTPS, or none` });
    return null;
  }
  const read = (name: string, path: string) => {
    const text = readFile(resolve(cwd, path));
    if (text === undefined)
      problems.push({ setting: name, problem: `names the file ${path}, which does not exist` });
    return text;
  };
  const cert = read(names.certificate, certificate);
  const secret = read(names.key, key);
  if (cert === undefined || secret === undefined) return null;
  try {
    createSecureContext({ cert, key: secret });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push({
      setting: names.certificate,
      problem: `and ${names.key} cannot be used together: ${reason}; they must be PEM files of one certificate and its key`,
    });
    return null;
  }
  return { cert, key: secret };
}
