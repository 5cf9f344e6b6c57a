import { type Code, closeCodes, codes, type RefusedFrame, StoaError } from '@stoa/protocol';

/** The error of an `error` frame. A code that this version does not know is kept in the message. */
export function errorOf(frame: RefusedFrame): StoaError {
  const options = {
    hint: frame.hint,
    ...(frame.retryAfter === undefined ? {} : { retryAfterMs: frame.retryAfter }),
  };
  return isCode(frame.code)
    ? new StoaError(frame.code, frame.message, options)
    : new StoaError('BAD_REQUEST', `${frame.code}: ${frame.message}`, options);
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
    case closeCodes.signedOut.code:
      return new StoaError('BAD_TOKEN', text);
    case closeCodes.suspended.code:
      return new StoaError('SUSPENDED', text);
    case closeCodes.unsupportedVersion.code:
      return new StoaError('UNSUPPORTED_VERSION', text);
    default:
      return new StoaError('UNAVAILABLE', text ?? 'The connection was lost.');
  }
}
