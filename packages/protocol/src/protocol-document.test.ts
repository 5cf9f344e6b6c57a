import { readFileSync } from 'node:fs';
import { Compile } from 'typebox/compile';
import { describe, expect, test } from 'vitest';
import { closeCodes, shouldReconnect } from './close-codes.ts';
import { codecs, jsonCodec } from './codec/index.ts';
import { codes } from './codes.ts';
import { messageFlags, presenceValues } from './flags.ts';
import { adminFlags, groupFlags, memberFlags } from './group-flags.ts';
import { limits } from './limits.ts';
import {
  Content,
  callNotices,
  callRequests,
  clientFrames,
  operations,
  parseClientFrame,
  roomNotices,
  serverFrames,
} from './validate.ts';

const text = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

/** The part under a heading, up to the next one of the same or a higher level. */
function section(title: string, within = text): string {
  const level = title.indexOf(' ');
  const start = within.indexOf(`\n${title}\n`);
  expect(start, `no heading "${title}"`).toBeGreaterThanOrEqual(0);
  const rest = within.slice(start + title.length + 2);
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  return end < 0 ? rest : rest.slice(0, end);
}

/** Cells of the table rows of a part, without those of the head. */
function rowsOf(part: string): string[][] {
  const lines = part.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line) => line.slice(2, -2).split(' | '));
}

/** The blocks of code of a part. */
function examplesOf(part: string, language: string): string[] {
  return [...part.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, code = '']) => code,
  );
}

describe('docs/protocol.md', () => {
  test('lists the error codes', () => {
    expect(rowsOf(section('## Errors'))).toStrictEqual(
      Object.entries(codes).map(([code, { status, retryable, message, hint }]) => [
        `\`${code}\``,
        String(status),
        retryable ? 'yes' : 'no',
        message,
        hint,
      ]),
    );
  });

  test('lists the close codes', () => {
    expect(rowsOf(section('## Close codes'))).toStrictEqual(
      Object.entries(closeCodes).map(([name, { code, reason }]) => [
        String(code),
        `\`${name}\``,
        shouldReconnect(code) ? 'yes' : 'no',
        reason,
      ]),
    );
  });

  test('lists the limits', () => {
    expect(rowsOf(section('## Limits')).map((cells) => cells.slice(0, 2))).toStrictEqual(
      Object.entries(limits).map(([name, value]) => [`\`${name}\``, value.toLocaleString('en-US')]),
    );
  });

  test('lists the flags and presence values', () => {
    expect(rowsOf(section('## Flags')).map((cells) => cells.slice(0, 2))).toStrictEqual(
      Object.entries(messageFlags).map(([name, bit]) => [`0x${bit.toString(16)}`, `\`${name}\``]),
    );
    expect(rowsOf(section('## Presence values'))).toStrictEqual(
      Object.entries(presenceValues).map(([name, value]) => [String(value), `\`${name}\``]),
    );
  });

  test.each([
    ['### Group flags', groupFlags],
    ['### Permissions of members', memberFlags],
    ['### Rights over a group', adminFlags],
  ])('lists the bits of groups, %s', (heading, bits) => {
    expect(rowsOf(section(heading)).map((cells) => cells.slice(0, 2))).toStrictEqual(
      Object.entries(bits).map(([name, bit]) => [`0x${bit.toString(16)}`, `\`${name}\``]),
    );
  });

  test('lists the subprotocols by preference', () => {
    expect(rowsOf(section('## Connection')).map(([name]) => name)).toStrictEqual(
      codecs.map(({ subprotocol }) => `\`${subprotocol}\``),
    );
  });

  test('lists the operations with the members of their bodies and answers', () => {
    const membersIn = (cell = ''): string[] => (cell === '–' ? [] : cell.split(', '));
    const described = rowsOf(section('## Operations')).map(([name, body, answer]) => [
      name,
      membersIn(body),
      membersIn(answer),
    ]);
    expect(described).toStrictEqual(
      Object.entries(operations).map(([name, { request, response }]) => [
        `\`${name}\``,
        fieldsOf(request),
        fieldsOf(response),
      ]),
    );
  });

  test.each([
    ['### Events from a device', callRequests],
    ['### Events from the server', callNotices],
    ['### Events of rooms', roomNotices],
  ])('lists the events of calls and rooms with their fields, %s', (heading, events) => {
    const described = rowsOf(section(heading)).map(([name, fields = '']) => [
      name,
      fields === '–' ? [] : fields.split(', '),
    ]);
    expect(described).toStrictEqual(
      Object.entries(events).map(([name, schema]) => [`\`${name}\``, fieldsOf(schema).slice(1)]),
    );
  });

  test('lists the reasons for which calls end', () => {
    const { reason } = callNotices.ended.properties;
    expect(rowsOf(section('### Reasons of the end')).map(([name]) => name)).toStrictEqual(
      reason.anyOf.map((each) => `\`${each.const}\``),
    );
  });

  test('lists the fields of a content', () => {
    expect(rowsOf(section('## Content')).map(([name]) => name)).toStrictEqual(fieldsOf(Content));
    const [example = ''] = examplesOf(section('## Content'), 'json');
    expect(Compile(Content).Check(jsonCodec.decode(example)[0])).toBe(true);
  });
});

describe.each([
  ['## Frames from the client', clientFrames],
  ['## Frames from the server', serverFrames],
])('docs/protocol.md, %s', (heading, schemas) => {
  const part = section(heading);

  test('describes every frame and no other', () => {
    const described = [...part.matchAll(/^### `(\w+)`$/gm)].map(([, type]) => type);
    expect(described).toStrictEqual(Object.keys(schemas));
  });

  test.each(Object.entries(schemas))('"%s" has its fields and a valid example', (type, schema) => {
    const frame = section(`### \`${type}\``, part);
    expect(rowsOf(frame).map(([name]) => name)).toStrictEqual(fieldsOf(schema).slice(1));
    const [example = '', ...others] = examplesOf(frame, 'json');
    expect(others).toStrictEqual([]);
    const [value] = jsonCodec.decode(example);
    expect(value).toMatchObject({ t: type });
    expect(Compile(schema).Check(value)).toBe(true);
    if (schemas === clientFrames) expect(parseClientFrame(value)).toBe(value);
  });
});

test('the session of docs/protocol.md consists of valid frames', () => {
  const lines = section('## A session').split('\n');
  const sent = lines.filter((line) => line.startsWith('→'));
  const received = lines.filter((line) => line.startsWith('←'));
  expect(sent.length + received.length).toBeGreaterThan(15);
  for (const line of sent) parseClientFrame(frameIn(line));
  const validators = new Map(Object.entries(serverFrames).map(([type, schema]) => [type, Compile(schema)]));
  for (const line of received) {
    const frame = frameIn(line) as { t: string };
    expect(validators.get(frame.t)?.Check(frame), line).toBe(true);
  }
});

/** Names as the tables write them: those that may be absent in italics. */
function fieldsOf(schema: object): string[] {
  const { properties = {}, required = [] } = schema as { properties?: object; required?: string[] };
  return Object.keys(properties).map((name) => (required.includes(name) ? `\`${name}\`` : `*\`${name}\`*`));
}

/** The frame of a line, which a remark may follow. */
function frameIn(line: string): unknown {
  const json = line
    .slice(2)
    .replace(/(?<=\}) {2,}.*$/, '')
    .replaceAll('…', 'x'.repeat(20));
  return jsonCodec.decode(json)[0];
}
