import Type from 'typebox';
import { expect, it } from 'vitest';
import { validatorCompiler } from './validators.ts';

const schema = Type.Object({ ids: Type.Array(Type.String(), { maxItems: 100 }) });
const validate = validatorCompiler({ schema, method: 'POST', url: '/', httpPart: 'body' });

it('what is wrong with a body of hundreds of thousands of items is found in its beginning', () => {
  const ids: unknown[] = Array(100_000).fill(1);
  const get = (): never => expect.fail('It was looked at to the end.');
  Object.defineProperty(ids, 50_000, { get, enumerable: true });
  const { error } = validate({ ids }) as { error: object[] };
  expect(error[0]).toMatchObject({ instancePath: expect.stringMatching(/^\/ids/) });
});

it('what is wrong further behind is refused all the same', () => {
  const many = Type.Object({ ids: Type.Array(Type.String()) });
  const ofMany = validatorCompiler({ schema: many, method: 'POST', url: '/', httpPart: 'body' });
  const ids: unknown[] = Array(5_000).fill('a');
  expect(ofMany({ ids })).toEqual({ value: { ids } });
  expect(ofMany({ ids: [...ids, 1] })).toMatchObject({ error: [{ message: 'is not valid' }] });
});
