import type { OperationRequest } from '@stoa/protocol';
import { MESIBO_RESULT_BADREQ, MESIBO_RESULT_OK } from './constants/result.ts';
import type { Context } from './context.ts';

/** The tokens by which this device is woken: one for everything, and on an iPhone perhaps one for calls. */
export class PushTokens {
  private token = '';
  private voip = '';

  /** Tells the server as soon as this device is signed in. Without a token left, the device is not woken any more. */
  set(context: Context, token: string, isVoip: boolean): number {
    if (!/^[!-~]{0,1024}$/.test(token)) return MESIBO_RESULT_BADREQ;
    if (isVoip) this.voip = token;
    else this.token = token;
    this.tell(context).catch((error: unknown) => context.fail(error));
    return MESIBO_RESULT_OK;
  }

  private async tell(context: Context): Promise<void> {
    await context.whenSynced();
    const client = await context.whenClient();
    const wanted = registrationOf(this.token, this.voip);
    if (wanted === undefined) await client.request('push.unregister', {});
    else await client.request('push.register', wanted);
  }
}

function registrationOf(token: string, voip: string): OperationRequest<'push.register'> | undefined {
  if (token === '') return voip === '' ? undefined : { provider: 'apns-voip', token: voip };
  if (voip !== '') return { provider: 'apns', token, voipToken: voip };
  // Apple's tokens are bytes in hexadecimal, those of FCM are not.
  return { provider: /^[0-9a-fA-F]{64,200}$/.test(token) ? 'apns' : 'fcm', token };
}
