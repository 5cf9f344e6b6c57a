import { type CloseName, type Code, type HelloFrame, protocolVersion, StoaError } from '@stoa/protocol';
import type { User, UserToken } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import type { Devices, SignedInDevice } from '../devices/index.ts';
import type { Delivery } from '../messages/index.ts';
import type { ValueFeed } from '../values/index.ts';
import type { Connection } from './connection.ts';
import { Session, type SessionIdentity, type SessionServices } from './session.ts';
import type { Sessions } from './sessions.ts';

export interface SignInOptions {
  readonly services: SessionServices;
  readonly sessions: Sessions;
  readonly devices: Devices;
  readonly clock: Clock;
  /** Whose token it is; throws StoaError BAD_TOKEN, TOKEN_EXPIRED, WRONG_APP or SUSPENDED. */
  readonly authenticate: (token: string, app?: string) => Promise<{ user: User; token: UserToken }>;
  readonly deliveryFor: (uid: number, device: SignedInDevice, connection: Connection) => Delivery;
  readonly valuesFor: (uid: number, connection: Connection) => ValueFeed;
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
  const proven = await admitted(connection, () => options.authenticate(hello.token, hello.app));
  if (proven === undefined) return;
  const { user, token } = proven;
  await services.access.count(user, 'login');
  const device = await admitted(connection, () => devices.signIn(user, token, hello));
  if (device === undefined || connection.closed) return;

  const { uid, aid, address, name } = user;
  const identity: SessionIdentity = { aid, uid, address, dev: device.dev, tokenId: token.id };
  const delivery = options.deliveryFor(uid, device, connection);
  const isStillAllowed = async (): Promise<boolean> => {
    const proofs = [options.authenticate(hello.token, hello.app), devices.confirm(uid, device)];
    return (await admitted(connection, () => Promise.all(proofs))) !== undefined;
  };
  const values = options.valuesFor(uid, connection);
  const session = new Session({
    identity,
    device,
    connection,
    delivery,
    values,
    services,
    confirm: isStillAllowed,
    onClosed: (closed) => {
      sessions.remove(closed);
      devices.left(device.dev);
      if (!sessions.holds(uid, device.dev)) services.rooms.connectionEnded(identity);
    },
  });
  connection.serve(session);
  connection.signedIn = true;
  connection.expiresAt = token.expiresAt;
  // Listening begins before the store is read, so that nothing falls between the two.
  await sessions.add(session);
  // The token may have been revoked, or the device displaced, before anybody listened for it.
  const [isAllowed, mode] = await Promise.all([isStillAllowed(), services.presenceMode(uid)]);
  if (!isAllowed || connection.closed) return;
  session.opened({ inFront: hello.front ?? true, mode });
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
  services.calls.signedIn(identity);
  const told = await values.start(hello.position);
  if (connection.closed) return;
  await delivery.start(hello.position, told);
}

/** What `prove` resolves to; when it refuses, the connection is told why and closed. */
async function admitted<T>(connection: Connection, prove: () => Promise<T>): Promise<T | undefined> {
  try {
    return await prove();
  } catch (error) {
    if (!(error instanceof StoaError) || error.retryable) throw error;
    connection.refuse(error, 'hello');
    connection.close(closeOf[error.code] ?? 'unauthorized');
    return undefined;
  }
}

const closeOf: Partial<Record<Code, CloseName>> = {
  SUSPENDED: 'suspended',
  SIGNED_OUT: 'signedOut',
  DISPLACED: 'signedOut',
};
