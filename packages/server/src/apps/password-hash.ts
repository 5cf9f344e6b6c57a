import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** About 50 ms and 32 MB for each attempt; written into the hash, so that it can be raised later. */
const cost = { N: 2 ** 15, r: 8, p: 1 };
const bytes = 32;

/** A salted scrypt hash (RFC 7914), as text with its parameters. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Whether it is the password; compared in constant time. Throws an Error when the hash is not one of hashPassword. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [name, N, r, p, salt, expected] = hash.split('$');
  if (name !== 'scrypt' || salt === undefined || expected === undefined) {
    throw new Error('The stored password hash is not readable.');
  }
  const actual = await derive(password, Buffer.from(salt, 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  const wanted = Buffer.from(expected, 'base64url');
  return wanted.length === actual.length && timingSafeEqual(wanted, actual);
}

function derive(password: string, salt: Buffer, { N, r, p }: typeof cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, bytes, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
