/**
 * `npm run check`: the rules that the whole repository keeps, a line for each.
 *
 * Arguments: names of checks, to run only those; --json FILE writes how many passed and failed.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleSize } from './checks/bundle-size.ts';
import { folderBorders } from './checks/folder-borders.ts';
import { forbiddenWords } from './checks/forbidden-words.ts';
import { links } from './checks/links.ts';
import { packageDirection } from './checks/package-direction.ts';
import { toolChecks } from './checks/tools.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const all = [...toolChecks, packageDirection, folderBorders, forbiddenWords, links, bundleSize];
const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });

let failed = 0;
const checks = all.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
for (const { name, remedy, run } of checks) {
  const problems = await run(root);
  if (problems.length === 0) {
    console.log(`ok      ${name}`);
  } else {
    failed++;
    console.log(`failed  ${name}: ${remedy}`);
    for (const problem of problems) console.log(`        ${problem}`);
  }
}
if (checks.length === 0) {
  console.log(`failed  there is no such check; the checks are: ${all.map(({ name }) => name).join(', ')}`);
  failed++;
}
if (values.json !== undefined) {
  writeFileSync(values.json, JSON.stringify({ passed: checks.length - failed, failed }));
}
process.exitCode = failed === 0 ? 0 : 1;
