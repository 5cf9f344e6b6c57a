import { StoaError } from '@stoa/protocol';
import type { App } from '@stoa/storage';
import { requireAdministrator } from '../administrator-access.ts';
import type { Call } from './operation.ts';

/** Who calls: the back end of an app (`token`), the administrator (`key`), or the holder of a user token. */

/** @throws StoaError BAD_CREDENTIALS */
export function appCaller({ raw, services }: Call): Promise<App> {
  return services.apps.authenticate(textAt(raw, 'token'));
}

/** @throws StoaError BAD_CREDENTIALS or RATE_LIMITED */
export function administratorCaller({ raw, request, services }: Call): Promise<void> {
  return requireAdministrator(textAt(raw, 'key'), request, services);
}

/**
 * Whoever may revoke user tokens: an app those of its users, and the holder of a user token that one.
 *
 * @throws StoaError BAD_CREDENTIALS
 */
export async function revokingCaller(call: Call): Promise<{ app: App } | { userToken: string }> {
  try {
    return { app: await appCaller(call) };
  } catch (error) {
    const userToken = textAt(call.raw, 'token');
    if (!(error instanceof StoaError) || userToken === '') throw error;
    return { userToken };
  }
}

function textAt(raw: Call['raw'], name: string): string {
  const value = Object.hasOwn(raw, name) ? raw[name] : undefined;
  return typeof value === 'string' && value.length <= 512 ? value : '';
}
