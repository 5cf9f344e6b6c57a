import { type Command, Option } from 'commander';
import type { ApiOptions } from './api.ts';

/** Options of commands that speak to a running server. */
interface ServerOptions {
  readonly url: string;
  readonly token?: string;
  readonly password?: string;
}

export const serverUrl = (): Option =>
  new Option('--url <address>', 'Address of the server.').env('STOA_URL').default('http://localhost:8080');

/** Adds what a command needs that acts for an app. */
export function forApp(command: Command): Command {
  return command
    .addOption(serverUrl())
    .addOption(new Option('--token <token>', 'App token, printed by the first start.').env('STOA_APP_TOKEN'));
}

/** Adds what a command needs that acts for the whole installation. */
export function forAdministrator(command: Command): Command {
  return command
    .addOption(serverUrl())
    .addOption(
      new Option('--password <password>', 'Password of the administrator.').env('STOA_ADMIN_PASSWORD'),
    );
}

/** @throws Error that says how to give the secret when it is missing. */
export function apiOptions(options: ServerOptions, kind: 'app' | 'administrator'): ApiOptions {
  return { url: options.url.replace(/\/+$/, ''), authorization: authorization(options, kind) };
}

function authorization({ token, password }: ServerOptions, kind: 'app' | 'administrator'): string {
  if (kind === 'app') {
    // An empty variable is one that is not set.
    if (token) return `Bearer ${token}`;
    throw new Error(
      'The app token is missing. Give it with --token or STOA_APP_TOKEN; the first start printed it.',
    );
  }
  if (password) return `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
  throw new Error(
    "The administrator's password is missing. Give it with --password or STOA_ADMIN_PASSWORD; the first start printed it.",
  );
}
