import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { StoaError } from '@stoa/protocol';
import type { SettingStore } from '@stoa/storage';

/** What whoever has a ticket may do: answer in one conversation, and mark it as read up to one place. */
export interface ActionTicket {
  readonly uid: number;
  /** The device that got it. */
  readonly dev: number;
  readonly conv: number;
  readonly seq: number;
}

/**
 * Tickets that go out with notifications, so that their buttons work while no page is open and no token is kept outside
 * of it. Each is good for a day, for one conversation and for nothing else.
 */
export class ActionTickets {
  readonly #secret: string;
  readonly #now: () => number;

  constructor({ secret, now }: { readonly secret: string; readonly now: () => number }) {
    this.#secret = secret;
    this.#now = now;
  }

  make({ uid, dev, conv, seq }: ActionTicket): string {
    const content = [uid, dev, conv, seq, Math.floor(this.#now() / 1_000) + lifeSeconds].join('.');
    return `${content}.${this.#sign(content).toString('base64url')}`;
  }

  /** @throws StoaError BAD_TOKEN when it was not made here, TOKEN_EXPIRED */
  read(ticket: string): ActionTicket {
    const end = ticket.lastIndexOf('.');
    const [content, signature] = [ticket.slice(0, end), Buffer.from(ticket.slice(end + 1), 'base64url')];
    const right = this.#sign(content);
    if (signature.length !== right.length || !timingSafeEqual(signature, right)) {
      throw new StoaError('BAD_TOKEN', 'The ticket was not made by this server, or was changed.');
    }
    const [uid = 0, dev = 0, conv = 0, seq = 0, until = 0] = content.split('.').map(Number);
    if (until * 1_000 <= this.#now()) throw new StoaError('TOKEN_EXPIRED', 'The notification is too old.');
    return { uid, dev, conv, seq };
  }

  #sign(content: string): Buffer {
    return createHmac('sha256', this.#secret).update(content).digest();
  }
}

/** The secret of this installation, made once. */
export function ticketSecret(settings: SettingStore): Promise<string> {
  return settings.setOnce('push.tickets', randomBytes(32).toString('base64url'));
}

const lifeSeconds = 24 * 3600;
