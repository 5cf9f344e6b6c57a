import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSettings, type SettingInputs, SettingsError } from './index.ts';
import { settingList } from './table.ts';

const cwd = '/srv/stoa';

/** Loads with files that exist only in the test. */
function load(inputs: SettingInputs, files: Record<string, string> = {}) {
  return loadSettings({ cwd, readFile: (path) => files[path], ...inputs });
}

function problemsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n');
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('loading settings', () => {
  it('needs no configuration', () => {
    const settings = load({});
    expect(settings).toMatchObject({
      port: 8080,
      host: '0.0.0.0',
      publicUrl: null,
      database: { kind: 'sqlite', path: join(cwd, 'data', 'stoa.db') },
      dataDir: join(cwd, 'data'),
      messagesPerSecond: 100,
      connectionsPerAddress: 1000,
      callsPerMinute: 1000,
      limitLoopback: false,
      tls: null,
      configFile: null,
    });
    expect(settings.sources.port).toBe('default');
  });

  it('prefers a flag to the environment, that to the file, and that to the default', () => {
    const files = { '/etc/stoa.json': '{"port": 1, "host": "file.example", "logLevel": "warn"}' };
    const settings = load(
      {
        flags: { config: '/etc/stoa.json', port: '3' },
        env: { PORT: '2', HOST: 'env.example' },
      },
      files,
    );
    expect(settings).toMatchObject({ port: 3, host: 'env.example', logLevel: 'warn', demo: 'auto' });
    expect(settings.sources).toMatchObject({
      port: 'flag',
      host: 'environment',
      logLevel: 'config file',
      demo: 'default',
    });
    expect(settings.configFile).toBe('/etc/stoa.json');
  });

  it('finds the config file in the data directory before the one in the working directory', () => {
    const files = {
      '/srv/stoa/stoa.config.json': '{"port": 1}',
      '/var/stoa/stoa.config.json': '{"port": 2}',
    };
    expect(load({}, files).port).toBe(1);
    expect(load({ env: { STOA_DATA_DIR: '/var/stoa' } }, files).port).toBe(2);
  });

  it('lists everything that is wrong, with what it should be', () => {
    const problems = problemsOf(() =>
      load({ flags: { port: '80a' }, env: { STOA_PUBLIC_URL: 'chat.example.com', STOA_DEMO: 'maybe' } }),
    );
    expect(problems).toEqual([
      '--port is "80a", but must be a whole number from 0 to 65535.',
      'STOA_PUBLIC_URL is "chat.example.com", but must be an address such as https://chat.example.com.',
      'STOA_DEMO is "maybe", but must be one of auto, on, off.',
    ]);
  });

  it('joins several nodes by NATS when they share a database', () => {
    const env = { STOA_DATABASE_URL: 'postgres://db/stoa', STOA_NATS_URL: 'nats://a:4222, tls://u:p@b' };
    expect(load({ env }).natsUrl).toBe('nats://a:4222, tls://u:p@b');
    expect(problemsOf(() => load({ env: { STOA_NATS_URL: 'nats://bus' } }))).toEqual([
      expect.stringMatching(/STOA_NATS_URL .*several nodes.*set STOA_DATABASE_URL to postgres/),
    ]);
  });

  it('says what the address of a NATS server looks like, and does not show the password that it may hold', () => {
    for (const url of ['nats', 'http://hunter2@bus', 'nats://u:hunter2@bus:x']) {
      const env = { STOA_DATABASE_URL: 'postgres://db/stoa', STOA_NATS_URL: url };
      const problems = problemsOf(() => load({ env })).join();
      expect(problems).toMatch(/STOA_NATS_URL must be an address such as nats:/);
      expect(problems).not.toContain('hunter2');
    }
  });

  it.each(['postgres', 'postgresql'])('takes a database on a server: %s', (scheme) => {
    const url = `${scheme}://user:p%40ss@db:5433/stoa?sslmode=verify-full`;
    expect(load({ env: { STOA_DATABASE_URL: url } }).database).toEqual({ kind: 'postgres', url });
  });

  it('says which databases there are, and does not show the password that an address may hold', () => {
    for (const url of [
      'mysql://user:hunter2@db/stoa',
      'postgres:hunter2',
      'postgres://user:hunter2@db:x/stoa',
    ]) {
      const problems = problemsOf(() => load({ env: { STOA_DATABASE_URL: url } })).join();
      expect(problems).toMatch(/STOA_DATABASE_URL must be sqlite: .* or .*postgres:\/\//);
      expect(problems).not.toContain('hunter2');
    }
  });

  it('never shows a secret', () => {
    const problems = problemsOf(() =>
      load({ env: { STOA_ADMIN_PASSWORD: 'short', STOA_APP_TOKEN: 'tiny' } }),
    );
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toMatch(/short|tiny/);
  });

  it('takes relative paths from the working directory, and the database from the data directory', () => {
    const settings = load({ flags: { dataDir: 'there' }, env: { STOA_DATABASE_URL: 'sqlite:chat.db' } });
    expect(settings.database).toEqual({ kind: 'sqlite', path: '/srv/stoa/there/chat.db' });
    expect(load({ env: { STOA_DATABASE_URL: 'sqlite:/var/lib/chat.db' } }).database).toEqual({
      kind: 'sqlite',
      path: '/var/lib/chat.db',
    });
  });

  it('reads lists from text and from JSON', () => {
    const expected = ['10.0.0.0/8', 'loopback', '::1'];
    expect(load({ env: { STOA_TRUSTED_PROXIES: '10.0.0.0/8, loopback,::1' } }).trustedProxies).toEqual(
      expected,
    );
    const files = { '/srv/stoa/stoa.config.json': JSON.stringify({ trustedProxies: expected }) };
    expect(load({}, files).trustedProxies).toEqual(expected);
    expect(problemsOf(() => load({ env: { STOA_TRUSTED_PROXIES: '10.0.0.0/33' } }))).toHaveLength(1);
    expect(load({ env: { STOA_ROOM_CODECS: 'opus, vp8,H264' } }).roomCodecs).toEqual(['opus', 'VP8', 'H264']);
  });

  it('counts an empty variable as not set', () => {
    expect(load({ env: { PORT: '', STOA_PUBLIC_URL: '' } })).toMatchObject({ port: 8080, publicUrl: null });
  });
});

describe('the config file', () => {
  const path = '/srv/stoa/stoa.config.json';

  it('must exist when it was named', () => {
    expect(problemsOf(() => load({ flags: { config: 'gone.json' } }))[0]).toMatch(
      /gone\.json does not exist/,
    );
  });

  it('must be a JSON object', () => {
    expect(problemsOf(() => load({}, { [path]: '{port: 1}' }))[0]).toMatch(
      /is not valid JSON \(line 1 column 2\)/,
    );
    const typo = '{"adminPassword": hunter2}';
    expect(problemsOf(() => load({}, { [path]: typo }))[0]).not.toMatch(/hunter|adminPassword/);
    expect(problemsOf(() => load({}, { [path]: '[]' }))[0]).toMatch(/must hold a JSON object/);
  });

  it('refuses unknown keys and names the one that was probably meant', () => {
    const problems = problemsOf(() =>
      load({}, { [path]: '{"public_url": "x", "STOA_DEMO": "on", "colour": 1}' }),
    );
    expect(problems).toEqual([
      `"public_url" in ${path} is not a setting; did you mean "publicUrl"?.`,
      `"STOA_DEMO" in ${path} is not a setting; did you mean "demo"?.`,
      `"colour" in ${path} is not a setting.`,
    ]);
  });

  it('is named in what it got wrong', () => {
    expect(problemsOf(() => load({}, { [path]: '{"port": {}}' }))[0]).toBe(
      `"port" in ${path} is "{}", but must be a whole number from 0 to 65535.`,
    );
  });
});

describe('any input', () => {
  it('gives settings or a SettingsError, never anything else', () => {
    const names = settingList.flatMap(({ name, env }) => [name, env]);
    const value = fc.oneof(fc.string(), fc.integer().map(String));
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), value),
        fc.dictionary(fc.constantFrom(...names), fc.jsonValue()),
        fc.jsonValue(),
        (env, flags, file) => {
          try {
            load({ env, flags }, { [join(cwd, 'stoa.config.json')]: JSON.stringify(file) });
          } catch (error) {
            expect(error).toBeInstanceOf(SettingsError);
          }
        },
      ),
    );
  });
});
