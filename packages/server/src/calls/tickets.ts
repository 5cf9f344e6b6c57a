import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CallAnswer } from './call-state.ts';

/** What a ticket proves. Users are named by their numbers: it is the same length for everybody. */
export interface TicketContent {
  readonly id: string;
  readonly aid: number;
  readonly caller: { readonly uid: number; readonly dev: number };
  readonly callee: { readonly uid: number };
  readonly video: boolean;
  readonly invitedAt: number;
  readonly answer?: CallAnswer | undefined;
}

/**
 * Signs what a node knows of a call, for the devices to keep: when the node is gone, another one goes on from it and
 * need not believe the devices.
 */
export class Tickets {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  sign({ id, aid, caller, callee, video, invitedAt, answer }: TicketContent): string {
    const answered = answer === undefined ? [] : [answer.dev, answer.at, answer.video];
    const fields = [id, aid, caller.uid, caller.dev, callee.uid, video, invitedAt, ...answered];
    const payload = Buffer.from(JSON.stringify(fields)).toString('base64url');
    return `${payload}.${this.#mac(payload)}`;
  }

  /** What the ticket says; undefined when this installation has not signed it. */
  open(ticket: string): TicketContent | undefined {
    const [payload = '', mac = ''] = ticket.split('.');
    const [given, right] = [Buffer.from(mac), Buffer.from(this.#mac(payload))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    const [id, aid, caller, callerDev, callee, video, invitedAt, ...answered] = JSON.parse(
      Buffer.from(payload, 'base64url').toString(),
    );
    const [dev, at, answerVideo] = answered;
    return {
      id,
      aid,
      caller: { uid: caller, dev: callerDev },
      callee: { uid: callee },
      video,
      invitedAt,
      ...(dev === undefined ? {} : { answer: { dev, at, video: answerVideo } }),
    };
  }

  #mac(payload: string): string {
    return createHmac('sha256', this.#secret).update(`stoa call ticket ${payload}`).digest('base64url');
  }
}
