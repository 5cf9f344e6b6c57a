import type { ConnectionStatus } from '@stoa/client';
import {
  MESIBO_STATUS_AUTHFAIL,
  MESIBO_STATUS_CONNECTFAILURE,
  MESIBO_STATUS_CONNECTING,
  MESIBO_STATUS_MANDUPDATE,
  MESIBO_STATUS_NONETWORK,
  MESIBO_STATUS_OFFLINE,
  MESIBO_STATUS_ONLINE,
  MESIBO_STATUS_SIGNOUT,
  MESIBO_STATUS_STOPPED,
  MESIBO_STATUS_SUSPEND,
} from './constants/connection.ts';

/**
 * MESIBO_STATUS_* of a connection.
 *
 * @param wasOnline whether it was online since start(): losing it is OFFLINE, never having had it CONNECTFAILURE.
 * @param hasNetwork what the machine says about itself.
 */
export function connectionStatus(status: ConnectionStatus, wasOnline: boolean, hasNetwork: boolean): number {
  switch (status.state) {
    case 'stopped':
      return MESIBO_STATUS_STOPPED;
    case 'connecting':
      return MESIBO_STATUS_CONNECTING;
    case 'online':
      return MESIBO_STATUS_ONLINE;
    case 'offline':
      if (!hasNetwork) return MESIBO_STATUS_NONETWORK;
      return wasOnline ? MESIBO_STATUS_OFFLINE : MESIBO_STATUS_CONNECTFAILURE;
    case 'refused':
      if (status.signedOut) return MESIBO_STATUS_SIGNOUT;
      if (status.error.code === 'SUSPENDED') return MESIBO_STATUS_SUSPEND;
      if (status.error.code === 'UNSUPPORTED_VERSION') return MESIBO_STATUS_MANDUPDATE;
      return MESIBO_STATUS_AUTHFAIL;
  }
}
