import { randomInt } from 'node:crypto';

/** An idempotency key for a message whose sender named none: 53 bits, of which no two will ever be the same. */
export const randomId = (): number => randomInt(1, 2 ** 26) * 2 ** 26 + randomInt(2 ** 26);
