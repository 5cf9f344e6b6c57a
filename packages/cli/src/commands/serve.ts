import {
  loadSettings,
  type RunningNode,
  SettingsError,
  settingList,
  shownDefault,
  startNode,
} from '@stoa/server';
import { Command, Option } from 'commander';
import { fail, say } from '../output.ts';

/** `stoa serve`: every setting is a flag, and all of them come from the server's one table. */
export function serveCommand(): Command {
  const command = new Command('serve').description('Run the server.');
  command.option('--config <file>', 'Read settings from this JSON file.');
  for (const setting of settingList) {
    const shown = shownDefault(setting);
    const more = shown === '' ? setting.env : `${setting.env}, default ${shown}`;
    command.addOption(new Option(`${setting.flag} <value>`, `${setting.description} (${more})`));
  }
  return command.action(serve);
}

async function serve(flags: Record<string, unknown>): Promise<void> {
  const node = await start(flags);
  let stopping = false;
  const stop = (): void => {
    // A second Ctrl-C means now.
    if (stopping) process.exit(130);
    stopping = true;
    node.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // Last: whoever waits for it may end the server at once, and that is in order then.
  announce(node);
}

async function start(flags: Record<string, unknown>): Promise<RunningNode> {
  try {
    return await startNode({ settings: loadSettings({ flags, env: process.env }) });
  } catch (error) {
    if (error instanceof SettingsError) return fail(error);
    throw error;
  }
}

function announce({ url, settings, firstStart, port }: RunningNode): void {
  if (settings.port !== 0 && settings.port !== port) {
    say(`Port ${settings.port} is taken, so this server uses ${port}.`);
  }
  if (firstStart !== undefined) {
    say('First start: an app was created. Keep these two, they are not shown again.');
    say(`  App token                ${firstStart.appToken ?? 'as set by STOA_APP_TOKEN'}`);
    say(`  Administrator's password ${firstStart.adminPassword ?? 'as set by STOA_ADMIN_PASSWORD'}`);
    say('');
  }
  say(`Stoa is ready at ${url}`);
  say(`  Chat          ${url}/`);
  say(`  SDK           ${url}/mesibo.js`);
  say(`  Back-end API  ${url}/backend and ${url}/v1 (described at ${url}/v1/openapi.json)`);
  say(
    `  Data          ${settings.database.kind === 'sqlite' ? settings.dataDir : 'on the PostgreSQL server'}`,
  );
}
