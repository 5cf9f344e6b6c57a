import { type Content, messageFlags } from '@stoa/protocol';
import type { Accepted, Outgoing, Sender } from './messages.ts';
import type { TransientIds } from './transient-ids.ts';

/** What somebody decides about a message before it is stored. */
export interface Judgement {
  /** What it says from now on. */
  readonly content: Content;
  /** Whether it ends here, as if it had been sent. */
  readonly consumed: boolean;
  /** It is not stored, and reaches only devices that are connected now. */
  readonly transient?: true;
  /** To be called when the message was announced; `id`: by which it is known if it is judged again, or null. */
  afterwards(id: number | null): void;
}

export interface MessageJudge {
  /** False when nobody has anything to say, and no message is being judged: then nothing is asked. */
  readonly active: boolean;
  /**
   * Messages of one device are judged in the order in which they are handed in.
   *
   * @throws StoaError for one that is refused
   */
  judge(
    sender: Sender,
    destination: { readonly to: string } | { readonly gid: number },
    outgoing: Outgoing,
  ): Promise<Judgement>;
}

export const noJudge: MessageJudge = {
  active: false,
  judge: async (_sender, _destination, { content }) => ({ content, consumed: false, afterwards: () => {} }),
};

/** Accepts a message as it was judged. */
export async function judged(
  { content, consumed, transient, afterwards }: Judgement,
  outgoing: Outgoing,
  now: number,
  ids: TransientIds,
  accept: (outgoing: Outgoing) => Promise<Accepted>,
): Promise<Accepted> {
  if (consumed) {
    const answer = { conv: 0, seq: 0, mid: ids.next(now), ts: now };
    return { answer, announce: () => afterwards(null) };
  }
  const changed = content === outgoing.content ? outgoing : { ...outgoing, content };
  const { answer, announce } = await accept(transient === true ? passing(changed) : changed);
  return {
    answer,
    announce: () => {
      announce();
      afterwards(answer.seq === 0 ? null : answer.mid);
    },
  };
}

function passing({ age: _, flags, ...outgoing }: Outgoing): Outgoing {
  // Flags may have more than 32 bits.
  return { ...outgoing, flags: Number(BigInt(flags ?? 0) | BigInt(messageFlags.transient)) };
}
