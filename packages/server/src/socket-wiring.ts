import type { Server } from 'node:http';
import type { Store } from '@stoa/storage';
import type { Clock } from './clock.ts';
import type { Devices } from './devices/index.ts';
import type { Limits } from './limits/index.ts';
import { Delivery, type History } from './messages/index.ts';
import type { Metrics } from './metrics/index.ts';
import { silenceMs } from './socket/heartbeat.ts';
import type { SessionServices } from './socket/session.ts';
import type { Sessions } from './socket/sessions.ts';
import { SocketDoor } from './socket/socket-door.ts';
import type { Users } from './users/index.ts';
import { ValueFeed } from './values/index.ts';

export interface SocketWiringOptions {
  readonly server: Server;
  readonly store: Pick<Store, 'cursors' | 'groups' | 'log' | 'values'>;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly sessions: Sessions;
  readonly devices: Devices;
  readonly users: Users;
  readonly history: History;
  readonly services: Omit<SessionServices, 'limits' | 'onAccepted' | 'onError'>;
  readonly onError: (error: unknown) => void;
}

/** Opens the WebSocket door, and says what each session gets of its own. */
export function openSocketDoor(options: SocketWiringOptions): SocketDoor {
  const { server, store, clock, limits, metrics, sessions, devices, users, history, onError } = options;
  return new SocketDoor({
    server,
    clock,
    limits,
    onFault: onError,
    signIn: {
      services: {
        ...options.services,
        limits,
        onError,
        onAccepted: () => metrics.messagesAccepted.socket.add(),
      },
      sessions,
      devices,
      clock,
      authenticate: (token, app) => users.authenticate(token, app),
      silenceMs,
      valuesFor: (uid, connection) => new ValueFeed({ uid, store: store.values, outlet: connection }),
      deliveryFor: (uid, { dev, createdAt }, connection) =>
        new Delivery({
          uid,
          dev,
          since: createdAt,
          outlet: connection,
          log: store.log,
          cursors: store.cursors,
          groups: store.groups,
          history,
          tellsDelivered: (of) => options.services.access.may(of, 'tellDelivered'),
          onDelivered: () => metrics.messagesDelivered.add(),
          onError: (error) => {
            onError(error);
            connection.close('unavailable');
          },
        }),
    },
  });
}
