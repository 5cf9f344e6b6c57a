import type { Call, CallDevice, CallMedia, CallQuality, CallStatus, Client } from '@stoa/client';
import { StoaError } from '@stoa/protocol';
import { Live } from '../hooks/live.ts';

/** What is shown of a call. Immutable: a change makes another one. */
export interface CallView {
  readonly call: Call;
  readonly status: CallStatus;
  readonly media: CallMedia;
  /** The own camera is on, whatever is sent. */
  readonly camera: boolean;
  readonly peerMedia: CallMedia;
  readonly quality: CallQuality | undefined;
  /** When the two were connected, by this device's clock. */
  readonly connectedAt: number | undefined;
  /** What last failed, until the user does something else. */
  readonly problem: StoaError | undefined;
  /** The user has taken it, and his microphone is being opened. */
  readonly isOpening: boolean;
}

export interface CallBoardState {
  /** The call that the user is in, or was in until a moment ago. */
  readonly current: CallView | undefined;
  /** Somebody calls, and the user has not decided yet. */
  readonly incoming: CallView | undefined;
  /** The user does not want to hear it ring. */
  readonly isSilenced: boolean;
  /** The current call covers the page. */
  readonly isExpanded: boolean;
  /** What became of a call that the user was not in, for a moment. */
  readonly notice: string;
  /** Device that plays what the other side says. */
  readonly speaker: string | undefined;
}

const nothing: CallBoardState = {
  current: undefined,
  incoming: undefined,
  isSilenced: false,
  isExpanded: false,
  notice: '',
  speaker: undefined,
};

/** How long something stays that nobody has to answer, in milliseconds. */
const momentMs = 4_000;

/** The calls of this page: which one the user is in, who is calling, and what the user wants of them. */
export class CallBoard extends Live<CallBoardState> {
  readonly #client: Client;
  readonly #views = new Map<Call, CallView>();
  readonly #off: () => void;
  #current: Call | undefined;
  /** Calls that the user himself has ended: of them, nothing more needs to be said. */
  readonly #endedHere = new WeakSet<Call>();
  #closing: ReturnType<typeof setTimeout> | undefined;
  #fading: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client) {
    super(nothing);
    this.#client = client;
    this.#off = client.on('call', (call) => this.#added(call));
  }

  close(): void {
    this.#off();
    clearTimeout(this.#closing);
    clearTimeout(this.#fading);
  }

  call(peer: string, video: boolean): void {
    if (this.#isInCall()) return;
    this.#drop(this.#current);
    this.#client.calls.call(peer, { video });
  }

  /** Takes an incoming call; a call before it is ended. */
  answer(call: Call, video: boolean): void {
    if (this.#current !== undefined) this.hangUp(this.#current);
    this.#change(call, { isOpening: true, problem: undefined });
    call.answer({ video }).catch((error: unknown) => {
      this.#change(call, { isOpening: false, problem: asStoaError(error) });
    });
  }

  /** Goes on with a call that loading the page anew has interrupted. */
  resume(call: Call): void {
    this.do(call, () => call.resume());
  }

  /** Ends a call, refuses an incoming one, and puts away one that is over. */
  hangUp(call: Call): void {
    this.#endedHere.add(call);
    call.hangup();
    this.#drop(call);
  }

  /** Does something with a call; that it failed is shown. */
  do(call: Call, action: () => Promise<void>): void {
    this.#change(call, { problem: undefined });
    action().catch((error: unknown) => this.#change(call, { problem: asStoaError(error) }));
  }

  silence(): void {
    this.set({ ...this.get(), isSilenced: true });
  }

  expand(isExpanded: boolean): void {
    this.set({ ...this.get(), isExpanded });
  }

  /** Takes another microphone, camera or speaker. */
  choose(call: Call, kind: CallDevice['kind'], id: string): void {
    if (kind === 'microphone') this.do(call, () => call.useMicrophone(id));
    else if (kind === 'camera') this.do(call, () => call.useCamera(id));
    else this.set({ ...this.get(), speaker: id });
  }

  #added(call: Call): void {
    this.#views.set(call, viewOf(call));
    const refresh = (): void => this.#change(call, {});
    for (const event of ['media', 'peerMedia', 'streams', 'quality'] as const) call.on(event, refresh);
    call.on('problem', (problem) => this.#change(call, { problem }));
    call.on('status', (status) => this.#moved(call, status));
    if (call.outgoing || call.status.phase === 'interrupted') this.#enter(call);
    else this.#publish();
    // Whoever comes back from another page is asked first.
    if (call.status.phase === 'interrupted' && wasReloaded()) this.resume(call);
  }

  #moved(call: Call, status: CallStatus): void {
    if (status.phase === 'ended') this.#ended(call, status.reason);
    else if (status.phase === 'answering') this.#enter(call);
    else this.#change(call, {});
  }

  #ended(call: Call, reason: Extract<CallStatus, { phase: 'ended' }>['reason']): void {
    if (call !== this.#current) {
      const words = this.#endedHere.has(call) ? undefined : unseen[reason];
      this.#drop(call);
      if (words !== undefined) this.#tell(words);
    } else if (this.#endedHere.has(call)) this.#drop(call);
    else {
      this.#change(call, {});
      if (passing.has(reason)) this.#closing = setTimeout(() => this.#drop(call), momentMs);
    }
  }

  /** The user is in this call now. */
  #enter(call: Call): void {
    clearTimeout(this.#closing);
    if (this.#current !== undefined && this.#current !== call) this.#views.delete(this.#current);
    this.#current = call;
    this.#change(call, { isOpening: false });
    this.expand(true);
  }

  #drop(call: Call | undefined): void {
    if (call === undefined) return;
    this.#views.delete(call);
    if (call === this.#current) {
      clearTimeout(this.#closing);
      this.#current = undefined;
    }
    this.#publish();
  }

  #isInCall(): boolean {
    return this.#current !== undefined && this.#current.status.phase !== 'ended';
  }

  #tell(notice: string): void {
    clearTimeout(this.#fading);
    this.set({ ...this.get(), notice });
    this.#fading = setTimeout(() => this.set({ ...this.get(), notice: '' }), momentMs);
  }

  #change(call: Call, change: Partial<Pick<CallView, 'problem' | 'isOpening'>>): void {
    const before = this.#views.get(call);
    if (before === undefined) return;
    const { problem, isOpening } = before;
    this.#views.set(call, { ...viewOf(call), problem, isOpening, ...change });
    this.#publish();
  }

  #publish(): void {
    const before = this.get();
    const current = this.#current && this.#views.get(this.#current);
    const incoming = [...this.#views.values()].find(
      ({ call, status }) => call !== this.#current && !call.outgoing && status.phase === 'incoming',
    );
    this.set({
      ...before,
      current,
      incoming,
      isSilenced: before.isSilenced && before.incoming?.call === incoming?.call,
      isExpanded: before.isExpanded && current !== undefined,
    });
  }
}

function viewOf(call: Call): CallView {
  const { status, media, camera, peerMedia, quality, connectedAt } = call;
  const facts = { status, media, camera, peerMedia, quality, connectedAt };
  return { call, ...facts, problem: undefined, isOpening: false };
}

/** Of calls that rang here and ended without the user. A missed call stands in the chat, too. */
const unseen: { readonly [reason: string]: string | undefined } = {
  answeredElsewhere: 'The call was answered elsewhere.',
  declinedElsewhere: 'The call was declined on another device.',
  cancelled: 'You missed a call.',
  noAnswer: 'You missed a call.',
};

/** Ends that the user expects: they are shown for a moment. */
const passing = new Set(['hangup', 'answeredElsewhere', 'declinedElsewhere', 'merged']);

function wasReloaded(): boolean {
  const [navigation] = performance.getEntriesByType('navigation');
  return navigation instanceof PerformanceNavigationTiming && navigation.type === 'reload';
}

function asStoaError(error: unknown): StoaError {
  return error instanceof StoaError
    ? error
    : new StoaError('INTERNAL', 'That did not work.', { cause: error });
}
