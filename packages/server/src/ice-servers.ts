import type { OperationResponse } from '@stoa/protocol';
import type { Access, Subject } from './access/index.ts';
import { turnServers } from './calls/index.ts';
import type { Clock } from './clock.ts';
import type { Settings } from './settings/index.ts';

export type ServersFor = (subject: Subject) => Promise<OperationResponse<'calls.servers'>>;

/** The STUN and TURN servers for calls and rooms of a user; without TURN where his app does not let him use it. */
export function iceServers(settings: Settings, clock: Clock, access: Pick<Access, 'may'>): ServersFor {
  const { turnUrls: urls, turnSecret: secret, turnSeconds: seconds } = settings;
  return async (subject) => {
    const isRelayed = await access.may(subject, 'useRelays');
    return turnServers({ urls, secret: isRelayed ? secret : null, seconds }, subject.uid, clock.now());
  };
}
