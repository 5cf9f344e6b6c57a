import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take more than twenty seconds. Vitest knows how long files took from the run before, but a fresh clone has
 * none, and then begins with the largest: one of these would be left alone at the end.
 */
export const slowest: readonly string[] = [
  'e2e/calls/disturbances.test.ts',
  'e2e/messenger-calls.test.ts',
  'e2e/crash/crash.test.ts',
  'e2e/rooms/crowd.test.ts',
  'e2e/rooms/several-nodes.test.ts',
  'e2e/networks/networks.test.ts',
  'e2e/chat.test.ts',
  'e2e/message-actions.test.ts',
  'e2e/server-restart.test.ts',
  'e2e/calls/calls.test.ts',
  'e2e/rooms/rooms.test.ts',
  'e2e/tabs.test.ts',
  'e2e/media/forwarding.test.ts',
  'e2e/files.test.ts',
];

/** The order in which files begin: within each group of projects those that take longest first. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    const rank = ({ moduleId }: TestSpecification) => {
      const index = slowest.indexOf(relative(this.ctx.config.root, moduleId));
      return index === -1 ? slowest.length : index;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => group(one) - group(other) || rank(one) - rank(other));
  }
}
