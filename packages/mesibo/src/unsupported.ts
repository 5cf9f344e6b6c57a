import { StoaError } from '@stoa/protocol';
import { MESIBO_RESULT_FAIL } from './constants/result.ts';
import type { Context } from './context.ts';

/** Refuses what the server cannot do yet: the application hears of it, and nothing is changed. */
export function unsupported(context: Context, what: string): number {
  context.fail(
    new StoaError('UNKNOWN_OPERATION', `${what} is not supported yet.`, {
      hint: 'See docs/compatibility.md for what is.',
    }),
  );
  return MESIBO_RESULT_FAIL;
}
