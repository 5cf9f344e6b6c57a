import { Command } from 'commander';
import { call, listAll } from '../api.ts';
import { apiOptions, forAdministrator } from '../options.ts';
import { say, table } from '../output.ts';

interface App {
  readonly aid: number;
  readonly name: string;
  readonly createdAt: number;
  readonly token?: string;
}

/** `stoa app add|list|remove` */
export function appCommand(): Command {
  const app = new Command('app').description('Manage apps: each has its own users.');

  forAdministrator(app.command('add <name>').description('Make an app and print its token.')).action(
    async (name: string, options) => {
      const made = await call<App>(apiOptions(options, 'administrator'), 'POST', '/apps', { name });
      say(`App ${made.aid} "${made.name}" was made. Its token is not shown again:`);
      say(made.token ?? '');
    },
  );

  forAdministrator(app.command('list').description('List all apps.')).action(async (options) => {
    const rows = [['AID', 'NAME', 'MADE']];
    for await (const one of listAll<App>(apiOptions(options, 'administrator'), '/apps')) {
      rows.push([String(one.aid), one.name, new Date(one.createdAt).toISOString()]);
    }
    table(rows);
  });

  forAdministrator(
    app.command('remove <aid>').description('Remove an app with its users and conversations.'),
  ).action(async (aid: string, options) => {
    await call(apiOptions(options, 'administrator'), 'DELETE', `/apps/${encodeURIComponent(aid)}`);
    say(`App ${aid} was removed.`);
  });

  return app;
}
