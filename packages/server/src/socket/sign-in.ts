import { type HelloFrame, protocolVersion, StoaError } from '@stoa/protocol';
import type { DeviceStore, User, UserToken } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import type { Delivery } from '../messages/index.ts';
import type { Connection } from './connection.ts';
import { Session, type SessionIdentity, type SessionServices } from './session.ts';
import type { Sessions } from './sessions.ts';

export interface SignInOptions {
  readonly services: SessionServices;
  readonly sessions: Sessions;
  readonly devices: DeviceStore;
  readonly clock: Clock;
  /** Whose token it is; throws StoaError BAD_TOKEN, TOKEN_EXPIRED, WRONG_APP or SUSPENDED. */
  readonly authenticate: (token: string, app?: string) => Promise<{ user: User; token: UserToken }>;
  readonly deliveryFor: (identity: SessionIdentity, connection: Connection) => Delivery;
  /** Milliseconds after which a silent connection is dead. */
  readonly silenceMs: number;
}

/**
 * Answers hello: proves the token, makes the session, begins delivery. A connection that is refused gets the coded
 * error and then the close code that says not to come back by itself.
 */
export async function signIn(
  connection: Connection,
  hello: HelloFrame,
  options: SignInOptions,
): Promise<void> {
  const { services, sessions, devices, clock } = options;
  if (hello.v > protocolVersion) {
    connection.refuse(
      new StoaError('UNSUPPORTED_VERSION', `This server speaks version ${protocolVersion}.`),
      'hello',
    );
    connection.close('unsupportedVersion');
    return;
  }
  const proven = await authenticate(connection, hello, options);
  if (proven === undefined) return;
  const { user, token } = proven;
  const device = await devices.open({
    uid: user.uid,
    id: hello.device,
    agent: hello.agent ?? '',
    position: hello.position,
    now: clock.now(),
  });
  if (connection.closed) return;

  const { uid, aid, address, name } = user;
  const identity: SessionIdentity = { aid, uid, address, dev: device.dev, tokenId: token.id };
  const delivery = options.deliveryFor(identity, connection);
  const session = new Session({
    identity,
    connection,
    delivery,
    services,
    onClosed: (closed) => sessions.remove(closed),
  });
  connection.serve(session);
  connection.signedIn = true;
  connection.expiresAt = token.expiresAt;
  // Listening begins before the store is read, so that nothing falls between the two.
  await sessions.add(session);
  // The token may have been revoked before anybody listened for it.
  if ((await authenticate(connection, hello, options)) === undefined || connection.closed) return;
  connection.write({
    t: 'welcome',
    v: protocolVersion,
    uid,
    address,
    name,
    dev: device.dev,
    time: clock.now(),
    silence: options.silenceMs,
  });
  await delivery.start(hello.position);
}

async function authenticate(connection: Connection, hello: HelloFrame, options: SignInOptions) {
  try {
    return await options.authenticate(hello.token, hello.app);
  } catch (error) {
    if (!(error instanceof StoaError) || error.retryable) throw error;
    connection.refuse(error, 'hello');
    connection.close(error.code === 'SUSPENDED' ? 'suspended' : 'unauthorized');
    return undefined;
  }
}
