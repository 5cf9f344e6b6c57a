/** Builds dist/mesibo.js, the classic script that the server hands out. Run: `node packages/mesibo/build.ts` */
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** @returns the path of the file written. */
export async function buildBundle(file: string = here('dist/mesibo.js')): Promise<string> {
  await build({
    input: here('src/bundle.ts'),
    platform: 'browser',
    // One function around everything: no name of ours becomes a global declaration.
    output: { file, format: 'iife', minify: true, sourcemap: false },
  });
  return file;
}

if (import.meta.main) console.log(await buildBundle());
