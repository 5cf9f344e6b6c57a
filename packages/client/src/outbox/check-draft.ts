import {
  type Content,
  limits,
  type MessageAge,
  packValue,
  requirePlainContent,
  StoaError,
  unpackValue,
} from '@stoa/protocol';
import type { Draft, Target } from '../types.ts';

/**
 * Refuses what the server would refuse anyway, so that the caller learns of a mistake at once.
 *
 * @returns a copy of the content, which the caller can change no more: what the receiver will see
 * @throws StoaError BAD_FRAME or TOO_LARGE; the message names the field.
 */
export function checkDraft(target: Target, draft: Draft): Content {
  checkTarget(target);
  checkInteger('type', draft.type, 0, uint32);
  checkInteger('flags', draft.flags, 0, Number.MAX_SAFE_INTEGER);
  checkInteger('expiry', draft.expiry, 1, limits.expirySeconds);
  checkInteger('localId', draft.localId, 0, uint32);
  checkInteger('ref', draft.ref, 1, Number.MAX_SAFE_INTEGER);
  checkInteger('at', draft.at, 0, Number.MAX_SAFE_INTEGER);
  if (draft.age !== undefined) checkAge(draft.age);
  return checkContent(draft.content);
}

/** @throws StoaError BAD_FRAME when no message can have this age. */
export function checkAge({ seconds, from }: MessageAge): void {
  checkInteger('age.seconds', seconds, 1, limits.expirySeconds);
  if (from !== 'sent' && from !== 'delivered' && from !== 'read') {
    throw new StoaError('BAD_FRAME', '"age.from" must be "sent", "delivered" or "read".');
  }
}

/**
 * @returns a copy, which the caller can change no more
 * @throws StoaError BAD_FRAME or TOO_LARGE; the message names the field.
 */
export function checkContent(content: Content): Content {
  requirePlainContent(content);
  const packed = packValue(content);
  if (packed.length > limits.contentBytes) {
    throw new StoaError(
      'TOO_LARGE',
      `The content has ${packed.length} bytes; the limit is ${limits.contentBytes}.`,
    );
  }
  return unpackValue(packed) as Content;
}

/** @throws StoaError BAD_FRAME when no user or group can have this name. */
export function checkTarget(target: Target): void {
  if ('gid' in target) checkInteger('gid', target.gid, 0, uint32);
  else if (!isAddress(target.peer)) {
    const most = limits.addressLength;
    throw new StoaError(
      'BAD_FRAME',
      `"peer" must be an address: 1 to ${most} characters, no control characters.`,
    );
  }
}

function isAddress(value: unknown): boolean {
  if (typeof value !== 'string' || /[\p{Cc}\p{Cs}]/u.test(value)) return false;
  const length = [...value].length;
  return length > 0 && length <= limits.addressLength;
}

function checkInteger(name: string, value: number | undefined, minimum: number, maximum: number): void {
  if (value === undefined) return;
  if (!Number.isSafeInteger(value) || value < minimum || value > maximum) {
    throw new StoaError('BAD_FRAME', `"${name}" must be an integer from ${minimum} to ${maximum}.`);
  }
}

const uint32 = 0xffff_ffff;
