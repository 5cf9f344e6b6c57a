import { setting } from './setting.ts';
import { listOf, text, wholeNumber } from './setting-types.ts';

/** Settings of the operator's own code (docs/modules.md). */
export const moduleSettings = {
  modules: setting({
    group: 'modules',
    env: 'STOA_MODULES',
    type: listOf(text('the path of a file'), 'paths of JavaScript or TypeScript files, separated by commas'),
    fallback: [],
    description:
      'Modules that see messages before they are stored, in this order; relative paths begin at the working directory. All nodes need the same.',
  }),
  moduleSeconds: setting({
    group: 'modules',
    env: 'STOA_MODULE_SECONDS',
    type: wholeNumber(1, 60),
    fallback: 5,
    description: 'Time in which a module must have decided about a message or a call.',
  }),
  moduleMegabytes: setting({
    group: 'modules',
    env: 'STOA_MODULE_MEGABYTES',
    type: wholeNumber(16, 65_536),
    fallback: 128,
    description: 'Memory that a module may take; one that needs more is started anew.',
  }),
} as const;
