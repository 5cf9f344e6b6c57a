import { types } from 'pg';

const oids = { bytea: 17, int8: 20 } as const;

/**
 * How values arrive: whole numbers as numbers, for none that is stored leaves the safe range, and bytes as bytes.
 * Everything else as `pg` has it.
 */
export const valueParsers = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
    if (oid === oids.int8) return Number;
    if (oid === oids.bytea) return parseBytes;
    return types.getTypeParser(oid, format);
  },
};

/** `\x` and two digits for each byte. */
function parseBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text.slice(2), 'hex');
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
