/** What every failure that a caller can see has: a stable code, what is wrong, what to do, and whether to try again. */
export interface CodeDescription {
  readonly message: string;
  readonly hint: string;
  /** HTTP status of the same failure at the REST door. */
  readonly status: number;
  /** True when the same request can succeed later without being changed. */
  readonly retryable: boolean;
}

const entry = (status: number, message: string, hint: string, retryable = false): CodeDescription => ({
  status,
  message,
  hint,
  retryable,
});

/** The one table of error codes, shared by the socket, the REST API and the SDK. Codes are never renamed. */
export const codes = {
  BAD_FRAME: entry(
    400,
    'The frame does not have the form that its type demands.',
    'Compare it with docs/protocol.md; the message names the field.',
  ),
  BAD_REQUEST: entry(
    400,
    'The request does not have the form that this operation demands.',
    'Compare it with the API reference; the message names the field.',
  ),
  BAD_CREDENTIALS: entry(
    401,
    'No valid app token came with the request.',
    'Send the app token as "Authorization: Bearer …", or as "token" to /backend.',
  ),
  BAD_TOKEN: entry(
    401,
    'The user token is unknown or was revoked.',
    'Ask your back end for a new user token (useradd or usertoken).',
  ),
  TOKEN_EXPIRED: entry(
    401,
    'The user token has expired.',
    'Ask your back end for a new user token (useradd or usertoken).',
  ),
  WRONG_APP: entry(
    401,
    'The user token was issued for another app name.',
    'Pass the app id of useradd to setAppName, or issue the token without one.',
  ),
  WRONG_OTP: entry(
    403,
    'The one-time code is wrong, expired or used up.',
    'Make a new code with otp, then try again.',
  ),
  SUSPENDED: entry(403, 'The user is not active.', 'Set active to 1 with userset.'),
  SIGNED_OUT: entry(
    401,
    'This device was signed out.',
    'Sign in again: ask your back end for a new user token (useradd or usertoken).',
  ),
  DISPLACED: entry(
    409,
    'The user signed in elsewhere.',
    'Start the client again to use this device instead of the other one.',
  ),
  PERMISSION_DENIED: entry(403, 'The user may not do this.', 'Ask an administrator for the permission.'),
  NOT_FOUND: entry(404, 'There is no such thing.', 'Check the id or the address.'),
  INVALID_DESTINATION: entry(
    404,
    'The message names a receiver that does not exist.',
    'Create the user with useradd first.',
  ),
  NOT_A_MEMBER: entry(403, 'The user is not a member of the conversation.', 'Join it first.'),
  WRONG_PIN: entry(
    403,
    'The PIN is wrong, expired or used up.',
    'Ask an administrator of the group for a PIN that is good.',
  ),
  PIN_NOT_SHARED: entry(
    403,
    'The PIN is good for another user only.',
    'Ask an administrator of the group for a PIN of your own.',
  ),
  GROUP_PAUSED: entry(
    403,
    'The group is paused: nobody may send to it.',
    'Wait until an administrator of the group lets it go on.',
  ),
  NOT_ADMITTED: entry(
    403,
    'The user waits to be admitted.',
    'Ask to join the room, and wait until somebody who leads it lets the user in.',
  ),
  ROOM_LOCKED: entry(
    423,
    'The room is locked: nobody new gets in.',
    'Ask somebody who leads the room to unlock it.',
  ),
  NOT_IN_ROOM: entry(409, 'The device is not in the room.', 'Join the room first, or again.'),
  BLOCKED: entry(
    403,
    'The receiver does not take messages from this user.',
    'Nothing can be done here: the receiver decides.',
  ),
  TOO_LATE: entry(409, 'The time in which this was possible is over.', 'Send a new message instead.'),
  CONFLICT: entry(
    409,
    'This exists already, or was changed meanwhile.',
    'Read it again, then repeat the change.',
  ),
  TOO_LARGE: entry(413, 'The data is larger than the limit.', 'Send less, or upload it as a file.'),
  UNSUPPORTED_TYPE: entry(
    415,
    'Files of this type are not accepted here.',
    'Ask the operator which types are; the type is decided from the content, not from the name.',
  ),
  QUOTA_EXCEEDED: entry(507, 'The user has uploaded as much as he may.', 'Delete messages with files first.'),
  STORAGE_FULL: entry(
    507,
    'The server has no room for files at the moment.',
    'Try again later; the operator has to make room.',
    true,
  ),
  LINK_EXPIRED: entry(403, 'The link to the file has expired.', 'Ask for a new one with POST /files/links.'),
  UNKNOWN_OPERATION: entry(400, 'There is no such operation.', 'Check its name in the API reference.'),
  UNKNOWN_FRAME: entry(400, 'There is no such frame type.', 'Check its name in docs/protocol.md.'),
  UNSUPPORTED_VERSION: entry(
    400,
    'The server does not speak this version of the protocol.',
    'Update the SDK or the server.',
  ),
  HELLO_FIRST: entry(
    400,
    'The first frame of a connection must be hello.',
    'Send hello with the user token first.',
  ),
  HELLO_TWICE: entry(
    400,
    'The connection is signed in already.',
    'Open another connection for another user.',
  ),
  MESSAGE_EXPIRED: entry(
    410,
    'The message expired before it was accepted.',
    'Send it again with a longer expiry.',
  ),
  RATE_LIMITED: entry(429, 'Too many requests in a short time.', 'Wait, then go on more slowly.', true),
  TOO_MANY: entry(
    429,
    'The limit of simultaneous connections or entries is reached.',
    'Close some, or raise the limit in the settings.',
    true,
  ),
  LIMIT_REACHED: entry(409, 'There are as many of these as there may be.', 'Remove one of them first.'),
  UNAVAILABLE: entry(503, 'The server cannot store anything at the moment.', 'Try again in a moment.', true),
  INTERNAL: entry(
    500,
    'Something went wrong in the server.',
    'Try again; if it stays, look in the log of the server.',
    true,
  ),
} satisfies Record<string, CodeDescription>;

export type Code = keyof typeof codes;

/**
 * A failure that a caller may see. `message` says what is wrong in this case; `hint` says what to do.
 *
 * @example
 * throw new StoaError('INVALID_DESTINATION', 'There is no user "bob".');
 */
export class StoaError extends Error {
  override readonly name = 'StoaError';
  readonly code: Code;
  readonly hint: string;
  /** Milliseconds to wait before trying again, when the server knows. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: Code,
    message?: string,
    options?: { hint?: string; cause?: unknown; retryAfterMs?: number },
  ) {
    super(
      message ?? codes[code].message,
      options?.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.hint = options?.hint ?? codes[code].hint;
    this.retryAfterMs = options?.retryAfterMs;
  }

  get retryable(): boolean {
    return codes[this.code].retryable;
  }

  get status(): number {
    return codes[this.code].status;
  }
}
