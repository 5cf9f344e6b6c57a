import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { call, download, listAll } from '../api.ts';
import { apiOptions, forApp } from '../options.ts';
import { say, table } from '../output.ts';

interface User {
  readonly uid: number;
  readonly address: string;
  readonly name: string;
  readonly active: boolean;
  readonly token?: { readonly token: string };
}

interface Device {
  readonly dev: number;
  readonly agent: string;
  readonly createdAt: number;
  readonly lastSeen: number;
  readonly online: boolean;
}

const devicesOf = (address: string): string => `/users/${encodeURIComponent(address)}/devices`;

/** `stoa user add|list|devices|sign-out|remove|export|erase` */
export function userCommand(): Command {
  const user = new Command('user').description('Manage the users of an app.');

  forApp(user.command('add <address>').description('Make a user (or find him) and print a user token.'))
    .option('--name <name>', 'Name that is shown to people.')
    .option('--app <name>', 'App name that the client must declare (setAppName).')
    .option('--expires-in <minutes>', 'Minutes for which the token is valid; 0 for ever.')
    .action(async (address: string, options) => {
      const made = await call<User>(apiOptions(options, 'app'), 'POST', '/users', {
        address,
        ...(options.name === undefined ? {} : { name: options.name }),
        token: tokenRequest(options),
      });
      say(`User ${made.uid} "${made.address}". His token is not shown again:`);
      say(made.token?.token ?? '');
    });

  forApp(
    user.command('list [pattern]').description('List users; * in the pattern stands for any text.'),
  ).action(async (pattern: string | undefined, options) => {
    const query = pattern === undefined ? '' : `?${new URLSearchParams({ address: pattern })}`;
    const rows = [['UID', 'ADDRESS', 'NAME', 'ACTIVE']];
    for await (const one of listAll<User>(apiOptions(options, 'app'), `/users${query}`)) {
      rows.push([String(one.uid), one.address, one.name, one.active ? 'yes' : 'no']);
    }
    table(rows);
  });

  forApp(user.command('devices <address>').description('List the devices of a user.')).action(
    async (address: string, options) => {
      const rows = [['DEV', 'CLIENT', 'SIGNED IN FIRST', 'SEEN LAST']];
      for await (const one of listAll<Device>(apiOptions(options, 'app'), devicesOf(address))) {
        const seen = one.online ? 'online' : new Date(one.lastSeen).toISOString();
        rows.push([String(one.dev), one.agent, new Date(one.createdAt).toISOString(), seen]);
      }
      table(rows);
    },
  );

  forApp(
    user.command('sign-out <address> [dev]').description('Sign out one device of a user, or all of them.'),
  ).action(async (address: string, dev: string | undefined, options) => {
    const one = dev === undefined ? '' : `/${encodeURIComponent(dev)}`;
    await call(apiOptions(options, 'app'), 'DELETE', `${devicesOf(address)}${one}`);
    say(dev === undefined ? `All devices of "${address}" were signed out.` : `Device ${dev} was signed out.`);
  });

  forApp(user.command('remove <address>').description('Remove a user; messages to others stay.')).action(
    async (address: string, options) => {
      await call(apiOptions(options, 'app'), 'DELETE', `/users/${encodeURIComponent(address)}`);
      say(`User "${address}" was removed.`);
    },
  );

  forApp(
    user
      .command('export <address>')
      .description('Print everything that is kept about a user, as lines of JSON.')
      .option('--output <file>', 'Write it into this file instead, which must not exist.'),
  ).action(async (address: string, options) => {
    const exported = await download(
      apiOptions(options, 'app'),
      `/users/${encodeURIComponent(address)}/export`,
    );
    const { output } = options;
    const to =
      output === undefined ? process.stdout : createWriteStream(output, { flags: 'wx', mode: 0o600 });
    await pipeline(exported, to, { end: output !== undefined });
  });

  forApp(
    user
      .command('erase <address>')
      .description('Remove a user, and erase his name, address and messages.')
      .option('--yes', 'Really do it: it cannot be undone.'),
  ).action(async (address: string, options) => {
    if (options.yes !== true) throw new Error('Erasing cannot be undone. Say --yes if you mean it.');
    await call(apiOptions(options, 'app'), 'DELETE', `/users/${encodeURIComponent(address)}?erase=true`);
    say(`User "${address}" was removed. What he wrote is being erased.`);
  });

  return user;
}

/** The part of a request that asks for a user token. */
export function tokenRequest(options: { app?: string; expiresIn?: string }) {
  return {
    ...(options.app === undefined ? {} : { app: options.app }),
    ...(options.expiresIn === undefined ? {} : { expiresIn: Number(options.expiresIn) }),
  };
}
