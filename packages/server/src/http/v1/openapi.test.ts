import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fastify } from 'fastify';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminPassword, appToken, type HttpFixture, openHttp } from '../http-fixture.ts';
import { restApi } from './index.ts';

type Json = Readonly<Record<string, unknown>>;
interface Operation extends Json {
  readonly operationId: string;
  readonly security: readonly Json[];
  readonly parameters?: readonly { name: string; in: string; required?: boolean }[];
  readonly requestBody?: { content: { 'application/json': { schema: Json; example: object } } };
  readonly responses: Record<
    string,
    { description: string; content?: { 'application/json'?: { schema: Json } } }
  >;
}

/** Removing comes last, and what voids the token or the app after all else. */
function byDestruction(a: { operation: Operation }, b: { operation: Operation }): number {
  const rank = ({ operationId }: Operation) =>
    [
      'closePoll',
      'editMessage',
      'recallMessage',
      'deleteRecording',
      'deleteWebhook',
      'deletePolicy',
      'removeGroup',
      'deleteGroup',
      'revokeToken',
      'revokeAll',
      'deleteUser',
      'renewAppToken',
      'deleteApp',
    ].findIndex((name) => operationId.startsWith(name));
  return rank(a.operation) - rank(b.operation);
}

describe('the OpenAPI document', () => {
  let fixture: HttpFixture;
  let document: {
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Json & { examples?: unknown[] }> };
  };
  let operations: { path: string; method: string; operation: Operation }[];

  beforeAll(async () => {
    fixture = await openHttp();
    document = (await fixture.http.inject('/v1/openapi.json')).json();
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
  });
  afterAll(() => fixture.close());

  /** Puts the components in the place of references to them. */
  function resolved(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map(resolved);
    if (typeof schema !== 'object' || schema === null) return schema;
    if ('$ref' in schema) {
      const name = String(schema.$ref).replace('#/components/schemas/', '');
      expect(document.components.schemas).toHaveProperty(name);
      return resolved(document.components.schemas[name]);
    }
    return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, resolved(value)]));
  }
  const fits = (schema: unknown, value: unknown) => Compile(resolved(schema) as object).Check(value);

  it('is version 3.1, and readable without a token', () => {
    expect(document.openapi).toBe('3.1.0');
  });

  it('lists exactly the routes that are served', async () => {
    const served: string[] = [];
    const app = fastify();
    app.addHook('onRoute', ({ method, url }) => {
      served.push(...[method].flat().map((name) => `${name} ${url.replaceAll(/:(\w+)/g, '{$1}')}`));
    });
    app.register(async (scope) => restApi(scope, fixture.options), { prefix: '/v1' });
    await app.ready();
    await app.close();
    const documented = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    const expected = served.filter((route) => !/^(HEAD|OPTIONS) |openapi\.json$/.test(route));
    expect(documented.sort()).toEqual(expected.sort());
  });

  it('says of each operation what it is, who may call it, and what it answers', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of operations) {
      expect(operation).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] });
      expect(operation.security).toHaveLength(1);
      expect(Object.keys(operation.responses)).toContain('default');
      for (const { description } of Object.values(operation.responses)) {
        expect(description).not.toBe('Default Response');
      }
    }
  });

  it('has examples that fit their schemas', () => {
    for (const schema of Object.values(document.components.schemas)) {
      expect(schema.examples?.length).toBeGreaterThan(0);
      for (const example of schema.examples ?? []) expect(fits(schema, example)).toBe(true);
    }
    for (const { operation } of operations) {
      const body = operation.requestBody?.content['application/json'];
      if (body !== undefined) expect(fits(body.schema, body.example)).toBe(true);
    }
  });

  it('documents the form of errors', async () => {
    const { body, status } = await fixture.v1('GET', '/users/nobody');
    expect(status).toBe(404);
    expect(fits({ $ref: '#/components/schemas/Error' }, body)).toBe(true);
  });

  it('is kept by the routes: each answers its example as documented', async () => {
    const basic = Buffer.from(`admin:${adminPassword}`).toString('base64');
    for (const address of ['alice', 'bob']) await fixture.v1('POST', '/users', { address });
    const { uid = 0 } = (await fixture.store.users.findByAddress(fixture.aid, 'alice')) ?? {};
    const phone = { uid, id: 'phone', agent: '', position: undefined, now: 1 };
    const { dev } = await fixture.store.devices.open(phone);
    const poll = { question: 'Tea?', options: ['Yes', 'No'] };
    const message = { from: 'alice', to: 'bob', content: { text: 'hello', poll } };
    await fixture.v1('POST', '/messages', message);
    await fixture.v1('PUT', '/access/7', { rules: {} });
    await fixture.v1('PUT', '/webhooks/main', { url: 'https://example.com/', events: [] });
    const proof = async () => {
      const { body } = await fixture.v1('POST', '/otps', { address: '+15550100' });
      return { address: body.address, code: body.code };
    };
    const { body: group } = await fixture.v1('POST', '/groups', { name: 'Band', members: ['alice'] });
    const pin = (await fixture.v1('POST', `/groups/${group.gid}/pins`, {})).body.pin;
    const recording = await fixture.recordings.begin({
      aid: fixture.aid,
      gid: 1000,
      name: 'Band',
      by: 'alice',
    });
    const part = recording.nextPart();
    await mkdir(part);
    await writeFile(join(part, '1-camera.webm'), 'as it was sent');
    const values: Record<string, string> = {
      '{recording}': recording.id,
      '{file}': '1-1-camera.webm',
      '{address}': 'alice',
      '{peer}': 'bob',
      '{aid}': '1',
      '{id}': '1',
      '{dev}': String(dev),
      '{mid}': '1',
      '{gid}': '1000',
      '{pin}': String(pin),
      '{name}': 'main',
      '{policy}': '7',
    };
    for (const { path, method, operation } of operations.toSorted(byDestruction)) {
      const example = operation.requestBody?.content['application/json'].example;
      const body = operation.operationId === 'verifyOtp' ? await proof() : example;
      const response = await fixture.http.inject({
        method: method.toUpperCase() as 'GET',
        url: path.replaceAll(/\{\w+\}/g, (name) => values[name] ?? ''),
        headers: {
          authorization:
            'administrator' in (operation.security[0] ?? {}) ? `Basic ${basic}` : `Bearer ${appToken}`,
        },
        ...(body === undefined ? {} : { payload: body }),
      });
      const documented = operation.responses[response.statusCode];
      expect(
        documented,
        `${operation.operationId} answered ${response.statusCode} ${response.payload}`,
      ).toBeDefined();
      const [type] = Object.keys(documented?.content ?? {});
      if (type === undefined) expect(response.payload).toBe('');
      else expect(String(response.headers['content-type'])).toContain(type);
      const schema = documented?.content?.['application/json']?.schema;
      if (schema !== undefined) expect(fits(schema, response.json()), operation.operationId).toBe(true);
    }
  });
});
