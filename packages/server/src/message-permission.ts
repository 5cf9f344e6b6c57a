import { type Content, StoaError } from '@stoa/protocol';
import type { MessageLog } from '@stoa/storage';
import type { Access } from './access/index.ts';
import type { Directory } from './directory/index.ts';
import { InTurn } from './in-turn.ts';
import { type Judgement, type MessageJudge, noJudge, type Outgoing, type Sender } from './messages/index.ts';
import type { Modules } from './modules/index.ts';
import type { CursorsMoved } from './receipts/index.ts';

export interface MessagePermissionOptions {
  readonly access: Access;
  readonly modules: Modules;
  readonly directory: Directory;
  readonly log: Pick<MessageLog, 'findSend'>;
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
    return modules.active || access.any;
  }

  judge(sender: Sender, destination: Destination, outgoing: Outgoing): Promise<Judgement> {
    return this.#order.run(`${sender.uid}/${sender.dev}`, this.#judge(sender, destination, outgoing));
  }

  /** A member's cursors have moved. */
  moved(moved: CursorsMoved): void {
    this.#options.modules.moved(moved);
  }

  async #judge(sender: Sender, destination: Destination, outgoing: Outgoing): Promise<Judgement> {
    const { access, modules } = this.#options;
    if (access.restricts(sender.aid) && sender.forced !== true) {
      await this.#require(sender, destination, outgoing);
    }
    return (modules.active ? modules : noJudge).judge(sender, destination, outgoing);
  }

  async #require(sender: Sender, destination: Destination, outgoing: Outgoing): Promise<void> {
    const { access, log } = this.#options;
    try {
      await this.#requireFlags(sender, destination, outgoing.content);
      await access.count(sender, 'message');
    } catch (error) {
      const { uid, dev } = sender;
      const { id } = outgoing;
      // What was stored before the rules changed keeps its answer.
      const isStored = id !== null && (await log.findSend({ sender: uid, dev, id })) !== undefined;
      if (!isStored) throw error;
    }
  }

  async #requireFlags(sender: Sender, destination: Destination, content: Content): Promise<void> {
    const { access, directory } = this.#options;
    await access.require(sender, 'sendMessage');
    if (isRich(content)) await access.require(sender, 'sendRichMessage');
    if ('gid' in destination) return access.require(sender, 'sendToGroup');
    const receiver = await directory.byAddress(sender.aid, destination.to);
    if (receiver !== undefined && !(await access.may(receiver, 'receiveMessage'))) {
      throw new StoaError('BLOCKED', `The app lets "${destination.to}" receive no messages.`);
    }
  }
}

/** Whether it is more than text or data. */
function isRich({ title, subtitle, footer, file, latitude }: Content): boolean {
  return [title, subtitle, footer, file, latitude].some((field) => field !== undefined);
}
