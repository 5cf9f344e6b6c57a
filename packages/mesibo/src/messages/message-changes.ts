import { targetOf } from '@stoa/client';
import { MESIBO_RETRACT_DELETE, MESIBO_RETRACT_WIPE } from '../constants/message.ts';
import { MESIBO_RESULT_AUTHFAIL, MESIBO_RESULT_BADREQ, MESIBO_RESULT_OK } from '../constants/result.ts';
import { internal } from '../internal.ts';
import { resultOf } from '../result.ts';
import { applyContent, contentOf, markWiped } from './content-mapping.ts';
import { MessageReader } from './message-reader.ts';

/** What becomes of a message after it was sent: it is changed, taken back, deleted. */
export class MessageChanges extends MessageReader {
  /**
   * Changes a sent message to what this object says now, for everybody. Refusals (too late) are told to
   * Mesibo_onError, and the message is as before.
   *
   * @returns MESIBO_RESULT_*.
   */
  sendUpdate(): number {
    const { local, context } = this[internal];
    if (context.client === undefined) return MESIBO_RESULT_AUTHFAIL;
    if (local === undefined) return MESIBO_RESULT_BADREQ;
    try {
      context.client.edit(local, contentOf(this)).done.catch((error) => context.fail(error));
      return MESIBO_RESULT_OK;
    } catch (error) {
      applyContent(this, local.content ?? {});
      context.fail(error);
      return resultOf(error);
    }
  }

  /** Removes it for this user, on all of his devices. Resolves to MESIBO_RESULT_*. */
  async delete(): Promise<number> {
    const { local, context } = this[internal];
    context.sessions.remove(this);
    if (local === undefined || context.client === undefined) return MESIBO_RESULT_OK;
    return resultWhen(context.client.deleteMessages(targetOf(local.conversation), [local.order]));
  }
  /** Leaves only a mark of it on this device. Resolves to MESIBO_RESULT_*. */
  async wipe(): Promise<number> {
    const { local, context } = this[internal];
    if (local === undefined || local.mid === 0) return MESIBO_RESULT_BADREQ;
    markWiped(this, local);
    context.messages.tellUpdated(this);
    return MESIBO_RESULT_OK;
  }
  /** Takes it back, for everybody: only a mark of it is left. Resolves to MESIBO_RESULT_*. */
  async recall(): Promise<number> {
    const { local, context } = this[internal];
    if (local === undefined || context.client === undefined) return MESIBO_RESULT_BADREQ;
    if (!this.mayBeRetracted()) return MESIBO_RESULT_BADREQ;
    try {
      return await resultWhen(context.client.recall(local).done);
    } catch (error) {
      return resultOf(error);
    }
  }
  /** Recalling leaves only a mark here, too. */
  wipeAndRecall(): Promise<number> {
    return this.recall();
  }
  /** Whether it is an own message that setMessageRetractionInterval and setMessageRetractionPolicy let be taken back. */
  mayBeRetracted(): boolean {
    const { local, context } = this[internal];
    if (local === undefined || !local.outgoing || local.gone !== undefined) return false;
    if (local.seq === 0 && local.status !== 'outbox') return false;
    const { intervalSeconds, policy } = context.retraction;
    const now = context.client?.serverTime() ?? Date.now();
    const isInTime = now - local.ts <= intervalSeconds * 1000;
    return isInTime && (policy & (MESIBO_RETRACT_WIPE | MESIBO_RETRACT_DELETE)) !== 0;
  }
}

async function resultWhen(done: Promise<unknown>): Promise<number> {
  try {
    await done;
    return MESIBO_RESULT_OK;
  } catch (error) {
    return resultOf(error);
  }
}
