import { StoaError } from '../codes.ts';
import { limits } from '../limits.ts';

/** Would not be an ordinary member of a JavaScript object, hence refused as the key of a map. */
export const forbiddenKey = '__proto__';

/** Why a WebSocket message cannot be decoded, in both codecs alike. No message repeats what the client sent. */
export const decodeErrors = {
  malformed: (message: string) => new StoaError('BAD_FRAME', message),
  empty: () => new StoaError('BAD_FRAME', 'The WebSocket message holds no frame.'),
  forbiddenKey: () => new StoaError('BAD_FRAME', `"${forbiddenKey}" cannot be the key of a map.`),
  tooDeep: () => new StoaError('BAD_FRAME', `The data is nested more than ${limits.frameDepth} levels deep.`),
  tooManyFrames: () =>
    new StoaError(
      'TOO_LARGE',
      `One WebSocket message can hold ${limits.framesPerSocketMessage} frames at the most.`,
      { hint: 'Send the other frames in a further WebSocket message.' },
    ),
} as const;
