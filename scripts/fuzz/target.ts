import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Inputs that belong together, in their order: of one browser, one codec. */
export interface Corpus {
  readonly name: string;
  readonly inputs: readonly Uint8Array[];
}

/** Code that reads what strangers send. */
export interface Target {
  readonly corpora: readonly Corpus[];
  /** Begins anew, as for a new connection. What it answers takes inputs, and throws StoaErrors at the most. */
  open(corpus: Corpus): (input: Uint8Array) => void;
}

const folder = fileURLToPath(new URL('corpus', import.meta.url));

/** A file of packets in base64, one in each line. */
function readInputs(path: string): Uint8Array[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => new Uint8Array(Buffer.from(line, 'base64')));
}

export function readCorpus(name: string): Corpus {
  return { name, inputs: readInputs(`${folder}/${name}.txt`) };
}

/** What once made a target fail: `crash-<target>-<corpus>-<number>.txt`. */
export function readCrashes(target: string): Corpus[] {
  const files = readdirSync(folder).filter((file) => file.startsWith(`crash-${target}-`));
  return files.map((file) => ({ name: file, inputs: readInputs(`${folder}/${file}`) }));
}
