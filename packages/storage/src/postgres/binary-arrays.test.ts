import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byteaArray, int8Array } from './binary-arrays.ts';
import { usePostgres } from './testing/test-store.ts';
import { valueParsers } from './value-parsers.ts';

const { server } = usePostgres();

describe('arrays of parameters', () => {
  let client: Client;
  beforeAll(async () => {
    client = new Client({ connectionString: (await server()).url(), types: valueParsers });
    await client.connect();
  });
  afterAll(() => client.end());

  const echo = async (type: string, array: Buffer): Promise<unknown[]> => {
    const statement = `select x from unnest($1::${type}[]) with ordinality u (x, place) order by place`;
    return (await client.query(statement, [array])).rows.map(({ x }) => x);
  };

  it('arrive as they were sent, and come back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.maxSafeInteger()), { maxLength: 50 }),
        fc.array(fc.option(fc.uint8Array({ maxLength: 300 })), { maxLength: 20 }),
        async (numbers, contents) => {
          expect(await echo('int8', int8Array(numbers))).toEqual(numbers);
          expect(await echo('bytea', byteaArray(contents))).toEqual(contents);
        },
      ),
    );
  });

  it('take whole numbers only', () => {
    for (const value of [0.5, Number.NaN, 2 ** 53, Number.NEGATIVE_INFINITY]) {
      expect(() => int8Array([1, value])).toThrow(RangeError);
    }
  });
});
