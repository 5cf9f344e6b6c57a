import { StoaError } from '@stoa/protocol';
import { InTurn } from '../in-turn.ts';
import type { Judgement, MessageJudge, Outgoing, Sender } from '../messages/index.ts';
import type { CursorsMoved } from '../receipts/index.ts';
import type { ModuleHost } from './module-host.ts';
import type {
  ModuleCall,
  ModuleLogin,
  ModuleMessage,
  ModuleMessageStatus,
  OutgoingMessage,
} from './public.ts';
import { decisionOf } from './results.ts';
import type { Hook } from './worker-messages.ts';

export interface ModulesOptions {
  /** In the order in which they see a message. */
  readonly hosts: readonly ModuleHost[];
  /** Sends a reply; `id`: what was sent with this one before is not sent again. */
  readonly send: (message: OutgoingMessage & { readonly id: number | null }) => Promise<unknown>;
  readonly onError: (error: unknown) => void;
}

interface Reply {
  readonly from: string | undefined;
  readonly content: OutgoingMessage['content'];
}

/** Asks all modules about what happens on this node. */
export class Modules implements MessageJudge {
  readonly #options: ModulesOptions;
  /** Those that have the function; nobody as long as they are not loaded. */
  #hosts: Readonly<Record<Hook, readonly ModuleHost[]>> = {
    onMessage: [],
    onMessageStatus: [],
    onLogin: [],
    onCall: [],
  };
  readonly #order = new InTurn();

  constructor(options: ModulesOptions) {
    this.#options = options;
  }

  /** The modules are there: from now on they are asked. */
  loaded(): void {
    const having = (hook: Hook): ModuleHost[] =>
      this.#options.hosts.filter(({ module }) => module.hooks.includes(hook));
    this.#hosts = {
      onMessage: having('onMessage'),
      onMessageStatus: having('onMessageStatus'),
      onLogin: having('onLogin'),
      onCall: having('onCall'),
    };
  }

  get active(): boolean {
    return this.#hosts.onMessage.length > 0;
  }

  judge(
    sender: Sender,
    destination: { readonly to: string } | { readonly gid: number },
    outgoing: Outgoing,
  ): Promise<Judgement> {
    // A module may answer in any order; the log must get the messages in theirs.
    return this.#order.run(`${sender.uid}/${sender.dev}`, this.#judge(sender, destination, outgoing));
  }

  /** Whether somebody may call somebody. */
  async mayCall(call: ModuleCall): Promise<boolean> {
    for (const host of this.#hosts.onCall) {
      try {
        if ((await host.call('onCall', call)) === 'refuse') return false;
      } catch {
        if (host.module.onFailure === 'refuse') return false;
      }
    }
    return true;
  }

  /** A member's cursors have moved. */
  moved({ aid, address: user, conv, delivered, read, at }: CursorsMoved): void {
    for (const host of this.#hosts.onMessageStatus) {
      const tell = (status: ModuleMessageStatus['status'], seq: number | undefined): void => {
        if (seq !== undefined) host.tell('onMessageStatus', { aid, user, conv, seq, status, at });
      };
      tell('delivered', delivered);
      tell('read', read);
    }
  }

  /** Whether some module wants to know who comes and goes. */
  get followsLogins(): boolean {
    return this.#hosts.onLogin.length > 0;
  }

  login(login: ModuleLogin): void {
    for (const host of this.#hosts.onLogin) host.tell('onLogin', login);
  }

  tick(): void {
    for (const host of this.#options.hosts) host.tick();
  }

  async close(): Promise<void> {
    await Promise.all(this.#options.hosts.map((host) => host.close()));
  }

  async #judge(
    sender: Sender,
    destination: { readonly to: string } | { readonly gid: number },
    outgoing: Outgoing,
  ): Promise<Judgement> {
    const { aid } = sender;
    let message = messageOf(sender, destination, outgoing);
    const replies: Reply[] = [];
    const judgement = (consumed: boolean): Judgement => ({
      content: message.content,
      consumed,
      afterwards: (id) => {
        for (const { from, content } of replies) this.#reply(aid, message, { from, content }, id);
      },
    });
    for (const host of this.#hosts.onMessage) {
      const decision = await this.#ask(host, message);
      if (decision.does === 'refuse') throw new StoaError('PERMISSION_DENIED', decision.text);
      if (decision.does === 'change') message = { ...message, content: decision.content };
      if (decision.does === 'reply') replies.push({ from: decision.from, content: decision.content });
      const isConsumed = decision.does === 'consume' || (decision.does === 'reply' && decision.consume);
      if (!isConsumed) continue;
      // What changes another message has no place of its own in which it could seem to have been sent.
      if (message.event !== undefined) throw new StoaError('PERMISSION_DENIED', 'This may not be changed.');
      return judgement(true);
    }
    return judgement(false);
  }

  async #ask(host: ModuleHost, message: ModuleMessage) {
    try {
      const decision = decisionOf(await host.call('onMessage', message));
      if (decision !== undefined) return decision;
      this.#options.onError(new Error(`The module ${host.name} has returned what is no result.`));
    } catch (error) {
      if (host.module.onFailure === 'pass') return { does: 'pass' } as const;
      throw new StoaError('INTERNAL', 'A module of the server has failed.', { cause: error });
    }
    if (host.module.onFailure === 'pass') return { does: 'pass' } as const;
    throw new StoaError('INTERNAL', 'A module of the server has failed.');
  }

  #reply(aid: number, { from, to, gid }: ModuleMessage, reply: Reply, id: number | null): void {
    const { send, onError } = this.#options;
    const author = reply.from ?? to;
    if (author === undefined) {
      onError(new Error('A module has replied to a message in a group, and not said from whom.'));
      return;
    }
    const where = gid === undefined ? { to: from } : { gid };
    send({ aid, from: author, ...where, content: reply.content, id }).catch(onError);
  }
}

function messageOf(
  { aid, address, dev }: Sender,
  destination: { readonly to: string } | { readonly gid: number },
  { id, content, type = 0, flags = 0, expiry, ref, event }: Outgoing,
): ModuleMessage {
  return {
    aid,
    from: address,
    ...destination,
    id,
    type,
    flags,
    content,
    fromBackend: dev === 0,
    ...(expiry === undefined ? {} : { expiry }),
    ...(ref === undefined ? {} : { ref }),
    ...(event === undefined ? {} : { event }),
  };
}
