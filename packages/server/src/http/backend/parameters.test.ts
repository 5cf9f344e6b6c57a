import fc from 'fast-check';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { either, parameterReader } from './parameters.ts';

const read = parameterReader(
  Type.Object({
    address: Type.String({ maxLength: 10 }),
    count: Type.Optional(Type.Integer({ minimum: 0, maximum: 99 })),
    active: Type.Optional(Type.Boolean()),
    latitude: Type.Optional(Type.Number()),
  }),
  {
    address: either('user', 'address', 'addr'),
    count: either('user', 'count'),
    active: either('user', 'active'),
    latitude: ['latitude'],
  },
);

describe('parameters', () => {
  it.each([
    [{ user: { address: 'alice' } }],
    [{ user: { addr: 'alice' } }],
    [{ address: 'alice' }],
    [{ addr: 'alice' }],
    [{ addr: 'bob', user: { address: 'alice' } }],
    [{ addr: 'alice', user: { address: '' } }],
    [{ addr: 'alice', user: 'text' }],
  ])('are found in every spelling: %j', (request) => {
    expect(read(request)).toEqual({ address: 'alice' });
  });

  it('turn text into numbers and truth values where one is wanted', () => {
    expect(read({ addr: 'a', count: '42', active: '0', latitude: '-1.5' })).toEqual({
      address: 'a',
      count: 42,
      active: false,
      latitude: -1.5,
    });
    expect(read({ addr: 491234, active: true })).toEqual({ address: '491234', active: true });
  });

  it('count as not given when they are empty or null', () => {
    expect(read({ addr: 'a', count: '', active: null })).toEqual({ address: 'a' });
  });

  it.each([
    [{}, '"user.address" must be given.'],
    [{ user: { addr: 'far too long' } }, '"user.addr" must not have more than 10 characters.'],
    [{ addr: {} }, '"addr" must be string.'],
    [{ addr: 'a', user: { count: '1.5' } }, '"user.count" must be integer.'],
    [{ addr: 'a', count: '100' }, '"count" must be <= 99.'],
    [{ addr: 'a', active: 'perhaps' }, '"active" must be boolean.'],
    [{ addr: 'a', latitude: '1e3' }, '"latitude" must be number.'],
  ])('are refused by the name that the caller used: %j', (request, message) => {
    expect(() => read(request)).toThrow(message);
  });

  it('are never taken from the prototype of a request', () => {
    const request = JSON.parse('{"__proto__": {"address": "alice"}, "constructor": {"addr": "x"}}');
    expect(() => read(request)).toThrow('must be given');
  });

  it('are read or refused with BAD_REQUEST, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('user', 'addr', 'count', 'active'), fc.jsonValue()),
        (request) => {
          try {
            read(request);
          } catch (error) {
            expect(error).toMatchObject({ code: 'BAD_REQUEST' });
          }
        },
      ),
    );
  });
});
