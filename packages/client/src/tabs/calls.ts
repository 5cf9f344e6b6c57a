import { StoaError } from '@stoa/protocol';
import { type Deferred, deferred } from '../deferred.ts';

/** A command of the application that has not been answered. */
export interface WaitingCall {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
  readonly answer: Deferred<unknown>;
  /** May be carried out again when it is not known whether it was. */
  readonly isRepeatable: boolean;
  /** Whether it was handed to a leader, who may have carried it out. */
  isTried: boolean;
}

/**
 * Commands on their way to whoever leads. They are handed on in order, and again to the next leader when the one who
 * got them is gone.
 */
export class Calls {
  readonly #waiting = new Map<number, WaitingCall>();
  #carrier: ((call: WaitingCall) => void) | undefined;
  #lastId = 0;

  make(name: string, args: readonly unknown[], isRepeatable = true): Promise<unknown> {
    this.#lastId += 1;
    const call: WaitingCall = {
      id: this.#lastId,
      name,
      args,
      answer: deferred<unknown>(),
      isRepeatable,
      isTried: false,
    };
    this.#waiting.set(call.id, call);
    this.#carry(call);
    return call.answer.promise;
  }

  /** There is somebody to carry them out: all that wait are handed over. */
  connected(carrier: (call: WaitingCall) => void): void {
    this.#carrier = carrier;
    for (const call of [...this.#waiting.values()]) this.#carry(call);
  }

  /** Who carried them out is gone, or will not tell any more. */
  disconnected(): void {
    this.#carrier = undefined;
    this.#rejectWhere((call) => call.isTried && !call.isRepeatable, 'The connection was lost.');
  }

  /** Nothing but `kept` is wanted any more. */
  dropAll(kept: (call: WaitingCall) => boolean, why: string): void {
    this.#rejectWhere((call) => !kept(call), why);
  }

  resolve(id: number, result: unknown): void {
    this.#take(id)?.answer.resolve(result);
  }

  reject(id: number, error: Error): void {
    this.#take(id)?.answer.reject(error);
  }

  #carry(call: WaitingCall): void {
    if (this.#carrier === undefined) return;
    this.#carrier(call);
    call.isTried = true;
  }

  #rejectWhere(isGone: (call: WaitingCall) => boolean, why: string): void {
    for (const call of [...this.#waiting.values()]) {
      if (isGone(call)) this.reject(call.id, new StoaError('UNAVAILABLE', why));
    }
  }

  #take(id: number): WaitingCall | undefined {
    const call = this.#waiting.get(id);
    this.#waiting.delete(id);
    return call;
  }
}
