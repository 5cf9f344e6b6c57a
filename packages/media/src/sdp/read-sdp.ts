import { StoaError } from '@stoa/protocol';
import { parse, type SessionDescription } from 'sdp-transform';

const maxBytes = 200_000;
const maxSections = 128;

/**
 * The door for SDP of clients. The parser makes numbers of words that look like some, whatever its types say: what
 * then fails in `read` is malformed too, and refused like the rest.
 */
export function readSdp<T>(sdp: string, read: (description: SessionDescription) => T): T {
  if (sdp.length > maxBytes) throw new StoaError('TOO_LARGE', 'The SDP is too long.');
  try {
    const description = parse(sdp);
    if (description.media.length === 0) throw new StoaError('BAD_REQUEST', 'The SDP has no m-lines.');
    if (description.media.length > maxSections)
      throw new StoaError('TOO_MANY', 'The SDP has too many m-lines.');
    return read(description);
  } catch (error) {
    if (error instanceof StoaError) throw error;
    throw new StoaError('BAD_REQUEST', 'The SDP is malformed.', { cause: error });
  }
}
