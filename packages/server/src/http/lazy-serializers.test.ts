import { expect, it } from 'vitest';
import { lazySerializers } from './lazy-serializers.ts';

const route = { method: 'GET', url: '/', httpStatus: '200' };
const resources = { User: { $id: 'User', type: 'object', properties: { name: { type: 'string' } } } };

it('makes the serializer of an answer once, when it is needed', () => {
  let looks = 0;
  const schema = {
    get type() {
      looks += 1;
      return 'object';
    },
    properties: { user: { $ref: 'User#' } },
  };
  const serialize = lazySerializers(resources, {})({ ...route, schema });
  expect(looks).toBe(0);
  const answer = { user: { name: 'Alice', secret: 'hidden' } };
  expect(serialize(answer)).toBe('{"user":{"name":"Alice"}}');
  const after = looks;
  expect(serialize(answer)).toBe('{"user":{"name":"Alice"}}');
  expect(looks).toBe(after);
  expect(after).toBeGreaterThan(0);
});
