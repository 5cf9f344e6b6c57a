import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findTurnServer } from './find-turn-server.mjs';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-turn-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const program = (name: string) => {
  const path = join(folder, name);
  writeFileSync(path, '#!/bin/sh\n', { mode: 0o755 });
  return path;
};

it('finds the server on PATH, else where packages put it', () => {
  const place = program('elsewhere');
  expect(findTurnServer({ PATH: folder }, [place])).toBe(place);
  const onPath = program('turnserver');
  expect(findTurnServer({ PATH: `/nowhere:${folder}` }, [place])).toBe(onPath);
  expect(findTurnServer({ PATH: '/nowhere' }, [])).toBeUndefined();
});

it('takes the one that TURN_SERVER_PATH names, and no other when that is no program', () => {
  program('turnserver');
  const other = program('other');
  expect(findTurnServer({ PATH: folder, TURN_SERVER_PATH: other })).toBe(other);
  expect(findTurnServer({ PATH: folder, TURN_SERVER_PATH: join(folder, 'gone') })).toBeUndefined();
});
