import { type Command, Option } from 'commander';
import type { ApiOptions } from './api.ts';

/** Options of commands that speak to a running server. */
interface ServerOptions {
  readonly url: string;
  readonly token?: string;
  readonly password?: string;
}

const url = () =>
  new Option('--url <address>', 'Address of the server.').env('STOA_URL').default('http://localhost:8080');

/** Adds what a command needs that acts for an app. */
export function forApp(command: Command): Command {
  return command
    .addOption(url())
    .addOption(new Option('--token <token>', 'App token, printed by the first start.').env('STOA_APP_TOKEN'));
}

/** Adds what a command needs that acts for the whole installation. */
export function forAdministrator(command: Command): Command {
  return command
    .addOption(url())
    .addOption(
      new Option('--password <password>', 'Password of the administrator.').env('STOA_ADMIN_PASSWORD'),
    );
}

/** @throws Error that says how to give the secret when it is missing. */
export function apiOptions(options: ServerOptions, kind: 'app' | 'administrator'): ApiOptions {
  const secret = kind === 'app' ? options.token : options.password;
  if (secret === undefined) {
    throw new Error(
      kind === 'app'
        ? 'The app token is missing. Give it with --token or STOA_APP_TOKEN; the first start printed it.'
        : "The administrator's password is missing. Give it with --password or STOA_ADMIN_PASSWORD; the first start printed it.",
    );
  }
  return { url: options.url.replace(/\/+$/, ''), secret };
}
