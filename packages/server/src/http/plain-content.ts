import { type Content, requirePlainContent, StoaError } from '@stoa/protocol';

/**
 * Hands the content through when every client can read it.
 *
 * @throws StoaError BAD_REQUEST that names the field, or TOO_LARGE when it is nested too deep.
 */
export function requirePlain(content: Content): Content {
  try {
    requirePlainContent(content);
    return content;
  } catch (error) {
    if (error instanceof StoaError && error.code === 'BAD_FRAME') {
      throw new StoaError('BAD_REQUEST', error.message);
    }
    throw error;
  }
}
