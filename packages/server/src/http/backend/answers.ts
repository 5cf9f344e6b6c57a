import type { Code, StoaError } from '@stoa/protocol';
import type { User } from '@stoa/storage';
import type { Answer } from './operation.ts';

/** Short error names in the manner of mesibo, whose documentation shows only BADOP. */
const errorNames: Readonly<Partial<Record<Code, string>>> = {
  UNKNOWN_OPERATION: 'BADOP',
  BAD_REQUEST: 'BADREQ',
  BAD_CREDENTIALS: 'AUTHFAIL',
  BAD_TOKEN: 'BADTOKEN',
  WRONG_OTP: 'BADOTP',
  NOT_FOUND: 'NOTFOUND',
  INVALID_DESTINATION: 'INVALIDDEST',
  PERMISSION_DENIED: 'DENIED',
  NOT_A_MEMBER: 'NOTMEMBER',
  GROUP_PAUSED: 'GROUPPAUSED',
  TOO_LARGE: 'TOOLARGE',
  RATE_LIMITED: 'RATELIMIT',
  TOO_MANY: 'OVERCAPACITY',
  LIMIT_REACHED: 'OVERCAPACITY',
  UNAVAILABLE: 'RETRYLATER',
  INTERNAL: 'GENERROR',
};

/** What every answer repeats of its request: the operation, and the caller's own request number. */
export interface Repeated {
  readonly op: string;
  readonly id?: unknown;
}

export function success(repeated: Repeated, answer: Answer): Answer {
  return { ...repeated, result: true, ...answer };
}

/** A failed call in mesibo's form, with our code, message and hint beside it. */
export function failure(repeated: Repeated, { code, message, hint }: StoaError): Answer {
  return {
    ...repeated,
    result: false,
    error: errorNames[code] ?? code.replaceAll('_', ''),
    code,
    message,
    hint,
  };
}

export function userAnswer({ uid, address, name, active, flag }: User): Answer {
  return { uid, address, name, active, flag };
}
