import { type Content, StoaError } from '@stoa/protocol';
import type { MessageLog } from '@stoa/storage';
import type { Access, Subject } from './access/index.ts';
import type { Blocking } from './blocking/index.ts';
import type { Directory } from './directory/index.ts';
import { InTurn } from './in-turn.ts';
import { type Judgement, type MessageJudge, noJudge, type Outgoing, type Sender } from './messages/index.ts';
import type { Modules } from './modules/index.ts';
import type { CursorsMoved } from './receipts/index.ts';

export interface MessagePermissionOptions {
  readonly access: Access;
  /** Whether the rules of the user let him exchange messages with this one. */
  readonly mayMeet: (subject: Subject, peer: string) => Promise<boolean>;
  readonly modules: Modules;
  readonly blocking: Pick<Blocking, 'mayReach'>;
  /** Rejects when the user may not send to the group now. */
  readonly requireSend: (sender: Sender, gid: number) => Promise<void>;
  readonly directory: Directory;
  readonly store: { readonly log: Pick<MessageLog, 'findSend'> };
}

type Destination = Parameters<MessageJudge['judge']>[1];

/** Who is asked about a message before it is stored: the app's rules for its users, then the modules of the server. */
export class MessagePermission implements MessageJudge {
  readonly #options: MessagePermissionOptions;
  readonly #order = new InTurn();

  constructor(options: MessagePermissionOptions) {
    this.#options = options;
  }

  get active(): boolean {
    const { access, modules } = this.#options;
    // Also when there is no rule any more: what is stored unasked must not overtake what is still being asked about.
    return modules.active || access.any || !this.#order.isIdle;
  }

  judge(sender: Sender, destination: Destination, outgoing: Outgoing): Promise<Judgement> {
    return this.#order.run(`${sender.uid}/${sender.dev}`, this.#judge(sender, destination, outgoing));
  }

  /** A member's cursors have moved. */
  moved(moved: CursorsMoved): void {
    this.#options.modules.moved(moved);
  }

  async #judge(sender: Sender, destination: Destination, outgoing: Outgoing): Promise<Judgement> {
    const { access } = this.#options;
    if (!access.restricts(sender.aid) || sender.forced === true) {
      return this.#askModules(sender, destination, outgoing);
    }
    await this.#require(sender, destination, outgoing);
    const judgement = await this.#askModules(sender, destination, outgoing);
    return (await this.#isStored(sender, outgoing)) ? judgement : { ...judgement, transient: true };
  }

  /** They may take seconds: what let the sender send before is asked again then. */
  async #askModules(sender: Sender, destination: Destination, outgoing: Outgoing): Promise<Judgement> {
    const { modules } = this.#options;
    if (!modules.active) return noJudge.judge(sender, destination, outgoing);
    const judgement = await modules.judge(sender, destination, outgoing);
    // The back end changes and marks messages whatever their sender may do now.
    const isAsked = sender.forced !== true && (sender.dev !== 0 || outgoing.event === undefined);
    if (isAsked) await this.#requireStill(sender, destination, outgoing);
    return judgement;
  }

  async #requireStill(sender: Sender, destination: Destination, outgoing: Outgoing): Promise<void> {
    const { blocking, directory, requireSend } = this.#options;
    try {
      if ('gid' in destination) return await requireSend(sender, destination.gid);
      const { aid, address } = sender;
      const receiver = await directory.byAddress(aid, destination.to);
      if (receiver === undefined || (await blocking.mayReach(receiver.uid, address, 'messages'))) return;
      throw new StoaError('BLOCKED', `"${destination.to}" does not take messages of "${address}".`);
    } catch (error) {
      if (!(await this.#isRepeated(sender, outgoing))) throw error;
    }
  }

  /** Whether the message is to be kept: what changes one that is there, and what was kept before, is in any case. */
  async #isStored(sender: Sender, outgoing: Outgoing): Promise<boolean> {
    if (outgoing.event !== undefined || (await this.#options.access.may(sender, 'haveStored'))) return true;
    return this.#isRepeated(sender, outgoing);
  }

  async #isRepeated({ uid, dev }: Sender, { id }: Outgoing): Promise<boolean> {
    return id !== null && (await this.#options.store.log.findSend({ sender: uid, dev, id })) !== undefined;
  }

  async #require(sender: Sender, destination: Destination, outgoing: Outgoing): Promise<void> {
    const { access } = this.#options;
    const { content, flags = 0 } = outgoing;
    try {
      await this.#requireFlags(sender, destination, content);
      if (BigInt(flags) & broadcastFlag) await access.require(sender, 'broadcast');
      await access.count(sender, 'message');
      if (content.latitude !== undefined) await access.count(sender, 'location');
    } catch (error) {
      // What was stored before the rules changed keeps its answer.
      if (!(await this.#isRepeated(sender, outgoing))) throw error;
    }
  }

  async #requireFlags(sender: Sender, destination: Destination, content: Content): Promise<void> {
    const { access, directory, mayMeet } = this.#options;
    await access.require(sender, 'sendMessage');
    if (isRich(content)) await access.require(sender, 'sendRichMessage');
    if (content.latitude !== undefined) await access.require(sender, 'sendLocation');
    if ('gid' in destination) {
      if (content.latitude !== undefined) await access.require(sender, 'sendLocationToGroup');
      return access.require(sender, 'sendToGroup');
    }
    if (destination.to !== sender.address && !(await mayMeet(sender, destination.to))) {
      throw new StoaError(
        'PERMISSION_DENIED',
        `The app does not let this user write to "${destination.to}".`,
      );
    }
    const receiver = await directory.byAddress(sender.aid, destination.to);
    if (receiver !== undefined && !(await access.may(receiver, 'receiveMessage'))) {
      throw new StoaError('BLOCKED', `The app lets "${destination.to}" receive no messages.`);
    }
    if (receiver !== undefined && receiver.uid !== sender.uid && !(await mayMeet(receiver, sender.address))) {
      throw new StoaError('BLOCKED', `The app lets "${destination.to}" receive no messages of this user.`);
    }
  }
}

/** Whether it is more than text or data. */
function isRich({ title, subtitle, footer, file, latitude }: Content): boolean {
  return [title, subtitle, footer, file, latitude].some((field) => field !== undefined);
}

/** With which clients of mesibo mark what they send to many. */
const broadcastFlag = 0x20n;
