/**
 * Close codes of the socket. 4000-4499: reconnect, everything acknowledged is kept. 4500-4999: do not reconnect
 * by yourself, the same credentials would be refused again. Codes below 4000 are WebSocket's own: reconnect.
 */
export const closeCodes = {
  drain: { code: 4000, reason: 'The server is restarting.' },
  helloTimeout: { code: 4001, reason: 'No hello came in time.' },
  heartbeatTimeout: { code: 4002, reason: 'Nothing was heard for too long.' },
  slowConsumer: { code: 4003, reason: 'The connection does not keep up.' },
  tooManyBadFrames: { code: 4004, reason: 'Too many frames were malformed.' },
  tooMany: { code: 4005, reason: 'Too many connections.' },
  unavailable: { code: 4006, reason: 'The server cannot reach its store.' },
  replaced: { code: 4007, reason: 'The client connected again.' },
  unauthorized: { code: 4500, reason: 'The token is unknown, expired, revoked or for another app.' },
  signedOut: { code: 4501, reason: 'The user signed in elsewhere, or signed this device out.' },
  suspended: { code: 4502, reason: 'The user is not active.' },
  unsupportedVersion: { code: 4503, reason: 'This version of the protocol is not spoken here.' },
} as const;

export type CloseName = keyof typeof closeCodes;

/** Whether a client should connect again by itself after a connection closed with `code`. */
export function shouldReconnect(code: number): boolean {
  return code < 4500 || code > 4999;
}
