import type { StoaError } from '@stoa/protocol';
import { until } from '@stoa/testkit';
import type { MesiboMessage } from '../messages/message.ts';
import type { MesiboPresence } from '../presence/presence.ts';
import type { MesiboProfile } from '../profiles/profile.ts';

/** What was true of a message when it was reported: the object itself changes afterwards. */
export interface Report {
  readonly message: MesiboMessage;
  readonly mid: number;
  readonly status: number;
  readonly origin: number;
  readonly isLast: boolean;
}

/** A v2 listener that notes what it is told, and can be waited for. */
export class Heard {
  readonly connection: number[] = [];
  readonly reports: (Report | null)[] = [];
  readonly statuses: Report[] = [];
  readonly updates: MesiboMessage[] = [];
  readonly presence: MesiboPresence[] = [];
  readonly errors: StoaError[] = [];
  readonly profiles: MesiboProfile[] = [];
  readonly groupErrors: number[] = [];
  /** MESIBO_CALLSTATUS_* of all calls. */
  readonly calls: number[] = [];
  readonly ringing: { readonly callid: number; readonly from: string; readonly video: boolean }[] = [];
  readonly keys: string[] = [];
  readonly #waiting = new Set<() => void>();

  Mesibo_onConnectionStatus(status: number): void {
    this.#note(this.connection, status);
  }
  Mesibo_onMessage(message: MesiboMessage | null): void {
    this.#note(this.reports, message === null ? null : report(message));
  }
  Mesibo_onMessageStatus(message: MesiboMessage): void {
    this.#note(this.statuses, report(message));
  }
  Mesibo_onMessageUpdate(message: MesiboMessage): void {
    this.#note(this.updates, message);
  }
  Mesibo_onPresence(presence: MesiboPresence): void {
    this.#note(this.presence, presence);
  }
  Mesibo_onError(error: StoaError): void {
    this.#note(this.errors, error);
  }
  Mesibo_onProfileUpdated(profile: MesiboProfile): void {
    this.#note(this.profiles, profile);
  }
  Mesibo_onGroupError(_profile: MesiboProfile, error: number): void {
    this.#note(this.groupErrors, error);
  }
  Mesibo_onCall(callid: number, from: string, video: boolean): void {
    this.#note(this.ringing, { callid, from, video });
  }
  Mesibo_onCallStatus(_id: number, status: number): void {
    this.#note(this.calls, status);
  }
  MesiboCall_OnDTMF(_call: unknown, digits: string): void {
    this.#note(this.keys, digits);
  }

  /** Messages reported so far. */
  get messages(): MesiboMessage[] {
    return this.reports.flatMap((entry) => (entry === null ? [] : [entry.message]));
  }

  get texts(): string[] {
    return this.messages.map((message) => message.message);
  }

  /** Looks again whenever something was heard. */
  until(condition: () => boolean, what: string): Promise<void> {
    return until(
      condition,
      (look) => {
        this.#waiting.add(look);
        return () => this.#waiting.delete(look);
      },
      what,
    );
  }

  async message(text: string): Promise<MesiboMessage> {
    await this.until(() => this.texts.includes(text), `the message "${text}"; heard: ${this.texts}`);
    return this.messages.find((message) => message.message === text) ?? missing();
  }

  /** Resolves when a call has this status. */
  call(status: number): Promise<void> {
    return this.until(
      () => this.calls.includes(status),
      `status 0x${status.toString(16)} of a call; heard: ${this.calls.map((each) => each.toString(16))}`,
    );
  }

  status(message: MesiboMessage, status: number): Promise<void> {
    return this.until(
      () => this.statuses.some((entry) => entry.message === message && entry.status === status),
      `status ${status} of "${message.message}"`,
    );
  }

  #note<T>(list: T[], value: T): void {
    list.push(value);
    for (const look of [...this.#waiting]) look();
  }
}

function report(message: MesiboMessage): Report {
  const { mid, status, origin } = message;
  return { message, mid, status, origin, isLast: message.isLastMessage() };
}

function missing(): never {
  throw new Error('It was there a moment ago.');
}
