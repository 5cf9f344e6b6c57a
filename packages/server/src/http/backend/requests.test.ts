import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appToken, type HttpFixture, openHttp } from '../http-fixture.ts';

const body = { op: 'users', token: appToken };
const json = JSON.stringify(body);
const form = new URLSearchParams(body).toString();
const boundary = 'x-boundary';
const multipart = Object.entries(body)
  .map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  .join('')
  .concat(`--${boundary}--\r\n`);

describe('requests of the back-end API', () => {
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await openHttp();
  });
  afterAll(() => fixture.close());

  const post = (payload: string, type: string | undefined, url = '/backend') =>
    fixture.http.inject({
      method: 'POST',
      url,
      payload,
      headers: type === undefined ? {} : { 'content-type': type },
    });

  describe.each(['/backend', '/backend/', '/api.php'])('to %s', (url) => {
    it.each([
      ['JSON', json, 'application/json'],
      ['JSON with a charset', json, 'application/json; charset=utf-8'],
      ['JSON as plain text', ` ${json}`, 'text/plain;charset=UTF-8'],
      ['JSON that says it is a form', json, 'application/x-www-form-urlencoded'],
      ['JSON without a type', json, undefined],
      ['a form', form, 'application/x-www-form-urlencoded'],
      ['a multipart form', multipart, `multipart/form-data; boundary=${boundary}`],
    ])('can be %s', async (_what, payload, type) => {
      const response = await post(payload, type, url);
      expect(response.json()).toMatchObject({ op: 'users', result: true });
      expect(response.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'access-control-allow-origin': '*',
      });
    });

    it('can be a query', async () => {
      expect((await fixture.http.inject(`${url}?${form}`)).json()).toMatchObject({ result: true });
    });
  });

  it('have spaces, signs and letters of any kind in a form', async () => {
    const names = 'a+b%2Bc%20%C3%BC';
    const answer = await post(`op=useradd&token=${appToken}&addr=signs&name=${names}`, 'text/plain');
    expect(answer.json()).toMatchObject({ user: { name: 'a b+c ü' } });
  });

  it.each(['a&', '&', 'a=b&'])(
    'are refused as forms of hundreds of thousands of %j, at once',
    async (field) => {
      const many = field.repeat(1_000_000 / field.length);
      const { result, code } = (await post(many, 'application/x-www-form-urlencoded')).json();
      expect([result, code]).toEqual([false, 'TOO_LARGE']);
    },
  );

  it('may have the operation in the query and the rest in the body', async () => {
    const response = await post(
      JSON.stringify({ user: { address: 'mixed' } }),
      'application/json',
      `/backend?op=useradd&token=${appToken}`,
    );
    expect(response.json()).toMatchObject({ op: 'useradd', result: true });
  });

  it('get their own number back', async () => {
    expect(await fixture.backend({ op: 'users', id: 42 })).toMatchObject({ id: 42, result: true });
    expect(await fixture.backend({ op: 'nonsense', id: 'x-1' })).toMatchObject({ id: 'x-1', result: false });
  });

  it.each([
    ['an unknown operation', { op: 'someop' }, { op: 'someop', error: 'BADOP', code: 'UNKNOWN_OPERATION' }],
    ['no operation', {}, { op: '', error: 'BADOP' }],
    ['an operation that is no text', { op: ['users'] }, { op: '', error: 'BADOP' }],
    ['the name of a property of objects', { op: 'constructor' }, { op: 'constructor', error: 'BADOP' }],
    [
      'a wrong token',
      { op: 'users', token: 'wrong' },
      { op: 'users', error: 'AUTHFAIL', code: 'BAD_CREDENTIALS' },
    ],
    ['no token', { op: 'users', token: null }, { op: 'users', error: 'AUTHFAIL' }],
    ['a token that is no text', { op: 'users', token: { $ne: '' } }, { op: 'users', error: 'AUTHFAIL' }],
  ])('with %s are answered with result false', async (_what, parameters, expected) => {
    const response = await fixture.http.inject({
      method: 'POST',
      url: '/backend',
      payload: { token: appToken, ...parameters },
    });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({
      ...expected,
      result: false,
      message: expect.any(String),
      hint: expect.any(String),
    });
  });

  it.each([
    ['malformed JSON', '{"op":', 'application/json', 400, 'BADREQ'],
    ['JSON that is no object', '[1]', 'application/json', 400, 'BADREQ'],
    ['JSON that is a number', '7', 'application/json', 400, 'BADREQ'],
    ['a malformed multipart form', 'nonsense', 'multipart/form-data; boundary=x', 400, 'BADREQ'],
    ['an image', 'GIF89a', 'image/gif', 415, 'BADREQ'],
    ['a huge body', `{"op":"${'x'.repeat(1_100_000)}"}`, 'application/json', 413, 'TOOLARGE'],
  ])('with %s are refused', async (_what, payload, type, status, error) => {
    const response = await post(payload, type);
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ result: false, error });
  });
});
