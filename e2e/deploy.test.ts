import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadSettings, settingList } from '@stoa/server';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const folder = new URL('../docs/deploy/', import.meta.url);
const textOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

interface Service {
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly string[];
  readonly stop_grace_period?: string;
}

/** What the file `.env` beside compose.yaml would say. */
const dotEnv: Readonly<Record<string, string>> = {
  STOA_DOMAIN: 'chat.example.com',
  POSTGRES_PASSWORD: 'password0123',
  NATS_TOKEN: 'token0123456789',
  STOA_APP_TOKEN: 'an-app-token-0123456789',
  STOA_ADMIN_PASSWORD: 'an-administrator',
};

/** As Docker fills in variables; those that are not set make it refuse. */
function filledIn(value: string): string {
  return value.replaceAll(/\$\{(\w+)(?::\?)?\}/g, (_all, name: string) => {
    const given = dotEnv[name];
    if (given === undefined) throw new Error(`compose.yaml wants ${name}, which its first lines do not name`);
    return given;
  });
}

describe('docs/deploy', () => {
  const compose = parse(textOf('compose.yaml'), { merge: true }) as {
    readonly services: Readonly<Record<string, Service>>;
    readonly volumes: Readonly<Record<string, unknown>>;
  };
  const services = Object.entries(compose.services);
  const nodes = services.filter(([, { build }]) => build !== undefined);

  it('compose.yaml starts two nodes with settings that the server takes', () => {
    expect(nodes).toHaveLength(2);
    const known = new Set(settingList.map(({ env }) => env));
    for (const [, { environment = {} }] of nodes) {
      expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([]);
      const env = Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [name, filledIn(String(value))]),
      );
      const settings = loadSettings({ env });
      expect(settings.natsUrl).toBe('nats://token0123456789@nats:4222');
      expect(settings.database).toMatchObject({ kind: 'postgres' });
      expect(settings.publicUrl).toBe('https://chat.example.com');
    }
  });

  it('compose.yaml gives all nodes the same files, which outlive them', () => {
    const dockerfile = readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8');
    const dataDir = /STOA_DATA_DIR=(\S+)/.exec(dockerfile)?.[1];
    for (const [, { volumes = [] }] of nodes) expect(volumes).toEqual([`data:${dataDir}`]);
  });

  it('the image takes no secrets of the folder in which it is built', () => {
    const ignored = readFileSync(new URL('../.dockerignore', import.meta.url), 'utf8').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['**/.env', '**/*.pem', 'data', '.git']));
  });

  it('its pages open the ports of audio and video that a node takes', () => {
    const { first, last } = loadSettings().mediaPorts;
    expect(textOf('one-node.md')).toContain(`the ports ${first} to ${last} (\`STOA_MEDIA_PORTS\`)`);
  });

  it('nginx lets through what a node takes in one request', () => {
    const megabytes = loadSettings().fileMegabytes;
    const most = Number(/client_max_body_size (\d+)m;/.exec(textOf('one-node.md'))?.[1]);
    expect(most).toBeGreaterThan(megabytes);
  });

  it('compose.yaml gives nodes the time to send their clients away', () => {
    const drain = settingList.find(({ name }) => name === 'drainSeconds')?.fallback as number;
    for (const [, { stop_grace_period: grace = '10s' }] of nodes) {
      expect(Number.parseInt(grace, 10)).toBeGreaterThan(drain + 10);
    }
  });

  it('compose.yaml names services, volumes and files that are there', () => {
    const names = services.map(([name]) => name);
    const files = readdirSync(folder);
    for (const [, { depends_on = {}, volumes = [], environment = {} }] of services) {
      expect(names).toEqual(expect.arrayContaining(Object.keys(depends_on)));
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('./')) expect(files).toContain(source.slice(2));
        else expect(Object.keys(compose.volumes)).toContain(source);
      }
      for (const address of Object.values(environment).map(String)) {
        const host = /@(\w+):\d+/.exec(address)?.[1];
        if (host !== undefined) expect(names).toContain(host);
      }
    }
    const upstreams = [...textOf('Caddyfile').matchAll(/([\w-]+):8080/g)].map(([, name]) => name);
    expect(upstreams).toEqual(nodes.map(([name]) => name));
  });

  it('nats.conf is one that nats-server takes', () => {
    const file = fileURLToPath(new URL('nats.conf', folder));
    const { status, stderr } = spawnSync(process.env.NATS_SERVER_PATH ?? 'nats-server', ['-t', '-c', file], {
      env: { NATS_TOKEN: 'token0123456789' },
      encoding: 'utf8',
    });
    expect(stderr).toContain('is valid');
    expect(status).toBe(0);
  });

  it('its pages and the Dockerfile name settings that exist', () => {
    const known = new Set([...settingList.map(({ env }) => env), 'STOA_CONFIG', 'STOA_DOMAIN']);
    const pages = readdirSync(folder).map(textOf);
    pages.push(readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8'));
    const named = pages.flatMap((text) => [...text.matchAll(/\bSTOA_[A-Z_]+/g)].map(([name]) => name));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it('the metrics that its pages name are those of a node', async () => {
    const sources = ['metrics.ts', 'bus-metrics.ts'].map((file) =>
      readFileSync(new URL(`../packages/server/src/metrics/${file}`, import.meta.url), 'utf8'),
    );
    const existing = new Set(
      sources.flatMap((text) => [...text.matchAll(/'(stoa_\w+)'/g)].map(([, name]) => name)),
    );
    const named = ['one-node.md', 'several-nodes.md'].flatMap((page) =>
      [...textOf(page).matchAll(/\bstoa_\w+/g)].map(([name]) => name),
    );
    expect(named.filter((name) => !existing.has(name))).toEqual([]);
  });
});
