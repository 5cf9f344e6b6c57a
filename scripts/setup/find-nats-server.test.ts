import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findNatsServer } from './find-nats-server.mjs';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-nats-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const program = (name: string) => {
  const path = join(folder, name);
  writeFileSync(path, '#!/bin/sh\n', { mode: 0o755 });
  return path;
};

it('finds the server on PATH, else where packages put it', () => {
  const place = program('elsewhere');
  expect(findNatsServer({ PATH: folder }, [place])).toBe(place);
  const onPath = program('nats-server');
  expect(findNatsServer({ PATH: `/nowhere:${folder}` }, [place])).toBe(onPath);
  expect(findNatsServer({ PATH: '/nowhere' }, [])).toBeUndefined();
});

it('takes the one that NATS_SERVER_PATH names, and no other when that is no program', () => {
  program('nats-server');
  const other = program('other');
  expect(findNatsServer({ PATH: folder, NATS_SERVER_PATH: other })).toBe(other);
  expect(findNatsServer({ PATH: folder, NATS_SERVER_PATH: join(folder, 'gone') })).toBeUndefined();
});
