import { basename } from 'node:path';
import type { Plugin } from 'rolldown';

/**
 * Fails the build when this file of the output would not be all of a classic worker: such a worker cannot load it, and says
 * so to nobody but the browser's console. It happens when the page imports something of the worker that is there at run
 * time, or the other way round.
 */
export function oneFileWorker(file: string): Plugin {
  return {
    name: 'one-file-worker',
    generateBundle(_, bundle) {
      const worker = bundle[file];
      if (worker?.type !== 'chunk') return this.error(`${file} is not built: the worker has no entry.`);
      const parts = [...worker.imports, ...worker.dynamicImports];
      const shared = parts.flatMap((part) => {
        const chunk = bundle[part];
        return chunk?.type === 'chunk' ? chunk.moduleIds.map((id) => basename(id)) : [part];
      });
      if (worker.exports.length > 0) shared.push(basename(worker.facadeModuleId ?? file));
      if (shared.length === 0) return;
      this.error(
        `${file} is no single file, and a classic worker loads nothing else: page and worker share ${[...new Set(shared)].join(', ')} at run time. Import types alone, or write it twice.`,
      );
    },
  };
}
