import {
  type CallEndReason,
  type CallNotice,
  type CallNoticeFrame,
  type CallRequest,
  msgpackCodec,
} from '@stoa/protocol';
import type { UserEvent } from '../../events.ts';
import type { Calls } from '../calls.ts';

/** What a device knows of the call. */
export type View = 'idle' | 'calling' | 'ringing' | 'answering' | 'talking' | 'leaving' | CallEndReason;

/**
 * A device of one of the two sides as docs/protocol.md describes it, with a network that delivers when it is told to
 * and loses everything when the connection breaks.
 */
export class ModelDevice {
  view: View = 'idle';
  readonly uid: number;
  readonly dev: number;
  readonly #call: string;
  readonly #peer: string;
  /** Of the media rooms that it was told of. */
  readonly sessions: string[] = [];
  #ticket: string | undefined;
  #node: Calls | undefined;
  #toServer: CallRequest[] = [];
  #toDevice: CallNotice[] = [];

  constructor(device: { uid: number; dev: number; call: string; peer: string }) {
    this.uid = device.uid;
    this.dev = device.dev;
    this.#call = device.call;
    this.#peer = device.peer;
  }

  get session(): string | undefined {
    return this.sessions.at(-1);
  }

  get connected(): boolean {
    return this.#node !== undefined;
  }

  get isQuiet(): boolean {
    return this.#toServer.length === 0 && this.#toDevice.length === 0;
  }

  isAt(node: Calls): boolean {
    return this.#node === node;
  }

  connect(node: Calls): void {
    if (this.#node !== undefined) return;
    this.#node = node;
    node.signedIn({ aid: 1, uid: this.uid, dev: this.dev });
    const ticket = this.#ticket;
    switch (this.view) {
      case 'calling':
      case 'talking':
        this.#say(ticket === undefined ? this.#invitation() : { type: 'resume', ticket });
        break;
      case 'ringing':
        this.#say({ type: 'ringing' });
        break;
      case 'answering':
        this.#say({ type: 'answer', video: false });
        break;
      case 'leaving':
        this.#say(ticket === undefined ? this.#invitation() : { type: 'resume', ticket }, { type: 'hangup' });
        break;
    }
  }

  disconnect(): void {
    this.#node = undefined;
    this.#toServer = [];
    this.#toDevice = [];
  }

  /** What has come and was not delivered does not arrive. */
  miss(): void {
    this.#toDevice = [];
  }

  /** What the user, or the device by itself, may do now. */
  get #choices(): readonly (() => void)[] {
    const say = (event: CallRequest) => () => this.#say(event);
    const ticket = this.#ticket;
    switch (this.view) {
      case 'ringing':
        return [
          () => this.#become('answering', { type: 'answer', video: false }),
          () => this.#become('answering', { type: 'answer', video: false }),
          say({ type: 'decline' }),
          say({ type: 'busy' }),
        ];
      case 'calling':
      case 'talking':
        return [
          say({ type: 'connected' }),
          say({ type: 'connected' }),
          say({ type: 'media', audio: true, video: false, screen: false, hold: false }),
          say({ type: 'leaving' }),
          say({ type: 'relay' }),
          ...(ticket === undefined ? [] : [say({ type: 'alive', ticket })]),
          () => this.hangup(),
        ];
      default:
        return [];
    }
  }

  /** Says that it is still there, as it does every now and then. */
  stay(): void {
    if (this.#ticket !== undefined && !isEnd(this.view)) this.#say({ type: 'alive', ticket: this.#ticket });
  }

  /** Nobody has answered for longer than a call rings. */
  giveUp(): void {
    if (['ringing', 'answering', 'leaving'].includes(this.view)) this.view = 'lost';
  }

  /** Its connections to the media room are lost, if it had any: it asks for the room that there is now. */
  askForRelay(): void {
    if (this.view === 'talking' && this.session !== undefined) this.#say({ type: 'relay' });
  }

  /** Makes one of these choices, if there are any. */
  act(choice: number): void {
    const choices = this.#choices;
    choices[choice % choices.length]?.();
  }

  call(): void {
    this.#become('calling', this.#invitation());
  }

  hangup(): void {
    if (this.view === 'calling' || this.view === 'talking') this.#become('leaving', { type: 'hangup' });
  }

  /** Something for the device's user came over the bus. */
  event(event: UserEvent): void {
    if (this.#node === undefined || event.type !== 'frame') return;
    if (event.exceptDev === this.dev || (event.onlyDev ?? this.dev) !== this.dev) return;
    this.#toDevice.push((msgpackCodec.decode(event.bytes)[0] as CallNoticeFrame).event);
  }

  /** The network delivers one frame in each direction. */
  async deliver(): Promise<void> {
    const notice = this.#toDevice.shift();
    if (notice !== undefined) this.#hear(notice);
    const event = this.#toServer.shift();
    if (event === undefined) return;
    await this.#node?.frame({ aid: 1, uid: this.uid, dev: this.dev }, { t: 'call', call: this.#call, event });
  }

  #hear(notice: CallNotice): void {
    switch (notice.type) {
      case 'calling':
        this.#ticket ??= notice.ticket;
        break;
      case 'incoming':
        if (this.view === 'idle') this.#become('ringing', { type: 'ringing' });
        else if (this.view === 'ringing') this.#say({ type: 'ringing' });
        else if (this.view === 'answering') this.#say({ type: 'answer', video: false });
        break;
      case 'answered':
      case 'accepted':
        this.#ticket = notice.ticket;
        if (this.view === 'calling' || this.view === 'answering') this.view = 'talking';
        break;
      case 'relay':
        this.sessions.push(notice.session);
        break;
      case 'ended':
        if (!isEnd(this.view)) this.view = notice.reason;
        break;
    }
  }

  #invitation(): CallRequest {
    return { type: 'invite', peer: this.#peer, video: false };
  }

  #become(view: View, event: CallRequest): void {
    this.view = view;
    this.#say(event);
  }

  #say(...events: CallRequest[]): void {
    if (this.#node !== undefined) this.#toServer.push(...events);
  }
}

export function isEnd(view: View): view is CallEndReason {
  return !['idle', 'calling', 'ringing', 'answering', 'talking', 'leaving'].includes(view);
}
