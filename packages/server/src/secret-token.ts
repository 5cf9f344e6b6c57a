import { hash, randomBytes } from 'node:crypto';

/** A new secret of 256 random bits, as 43 URL-safe characters. */
export function generateToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * What is stored of a token. SHA-256 without salt is enough for 256 random bits, and lets the token be found by its
 * hash: no comparison of secrets takes place whose time could tell anything.
 */
export function hashToken(token: string): Uint8Array {
  return hash('sha256', token, 'buffer');
}
