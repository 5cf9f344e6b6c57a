import { Command } from 'commander';
import { call, listAll } from '../api.ts';
import { apiOptions, forApp } from '../options.ts';
import { say, table } from '../output.ts';
import { tokenRequest } from './user.ts';

interface Token {
  readonly id: number;
  readonly app: string | null;
  readonly expiresAt: number | null;
  readonly token?: string;
}

/** `stoa token add|list|remove` */
export function tokenCommand(): Command {
  const token = new Command('token').description('Manage the tokens with which users sign in.');
  const path = (address: string): string => `/users/${encodeURIComponent(address)}/tokens`;

  forApp(token.command('add <address>').description('Print another token for a user.'))
    .option('--app <name>', 'App name that the client must declare (setAppName).')
    .option('--expires-in <minutes>', 'Minutes for which it is valid; 0 for ever.')
    .action(async (address: string, options) => {
      const made = await call<Token>(
        apiOptions(options, 'app'),
        'POST',
        path(address),
        tokenRequest(options),
      );
      say(made.token ?? '');
    });

  forApp(token.command('list <address>').description('List the valid tokens of a user.')).action(
    async (address: string, options) => {
      const rows = [['ID', 'APP', 'EXPIRES']];
      for await (const one of listAll<Token>(apiOptions(options, 'app'), path(address))) {
        const expires = one.expiresAt === null ? 'never' : new Date(one.expiresAt).toISOString();
        rows.push([String(one.id), one.app ?? 'any', expires]);
      }
      table(rows);
    },
  );

  forApp(
    token.command('remove <address> [id]').description('Revoke one token of a user, or all of them.'),
  ).action(async (address: string, id: string | undefined, options) => {
    const one = id === undefined ? '' : `/${encodeURIComponent(id)}`;
    await call(apiOptions(options, 'app'), 'DELETE', `${path(address)}${one}`);
    say(id === undefined ? `All tokens of "${address}" were revoked.` : `Token ${id} was revoked.`);
  });

  return token;
}
