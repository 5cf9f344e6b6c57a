import { type Code, closeCodes, codes, type RefusedFrame, StoaError } from '@stoa/protocol';

/**
 * The error of an `error` frame. A code that this version does not know is kept in the message, and can be tried again
 * only when the server says when.
 */
export function errorOf(frame: RefusedFrame): StoaError {
  const { code, message, hint, retryAfter } = frame;
  const options = { hint, ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter }) };
  if (isCode(code)) return new StoaError(code, message, options);
  const nearest = retryAfter === undefined ? 'BAD_REQUEST' : 'UNAVAILABLE';
  return new StoaError(nearest, `${code}: ${message}`, options);
}

function isCode(code: string): code is Code {
  return Object.hasOwn(codes, code);
}

/** Why the server closed the connection: what it said just before, else what the close code means. */
export function closingError(code: number, reason: string, said: StoaError | undefined): StoaError {
  if (said !== undefined) return said;
  const text = reason === '' ? undefined : reason;
  switch (code) {
    case closeCodes.unauthorized.code:
      return new StoaError('BAD_TOKEN', text);
    case closeCodes.signedOut.code:
      return new StoaError('DISPLACED', text);
    case closeCodes.suspended.code:
      return new StoaError('SUSPENDED', text);
    case closeCodes.unsupportedVersion.code:
      return new StoaError('UNSUPPORTED_VERSION', text);
    default:
      return new StoaError('UNAVAILABLE', text ?? 'The connection was lost.');
  }
}
