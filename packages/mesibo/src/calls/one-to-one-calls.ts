import type { Call, CallMedia, Client } from '@stoa/client';
import { StoaError } from '@stoa/protocol';
import {
  MESIBO_CALLSTATUS_ANSWER,
  MESIBO_CALLSTATUS_CHANNELUP,
  MESIBO_CALLSTATUS_DTMF,
  MESIBO_CALLSTATUS_HOLD,
  MESIBO_CALLSTATUS_HWERROR,
  MESIBO_CALLSTATUS_MUTE,
  MESIBO_CALLSTATUS_NOCALLS,
  MESIBO_CALLSTATUS_UNHOLD,
  MESIBO_CALLSTATUS_UNMUTE,
} from '../constants/call.ts';
import { MESIBO_RESULT_FAIL, MESIBO_RESULT_OK } from '../constants/result.ts';
import type { Context } from '../context.ts';
import { internal } from '../internal.ts';
import { randomId } from '../random-id.ts';
import { resultOf } from '../result.ts';
import { ActiveCall, type CallOwner } from './active-call.ts';
import { callStatus } from './call-status.ts';
import { CallViews, type View } from './call-views.ts';
import { willAsk } from './permission-prompt.ts';

/** The calls with single users of one instance, and how the application is told of them. */
export class OneToOneCalls {
  readonly views = new CallViews();
  private readonly context: Context;
  /** Those that have not ended. */
  private readonly all: ActiveCall[] = [];
  private chosen: ActiveCall | undefined;

  constructor(context: Context) {
    this.context = context;
  }

  /** The call that functions mean which name none. */
  get active(): ActiveCall | undefined {
    return this.chosen;
  }

  /** Another one rings while there is an active call. */
  get waiting(): ActiveCall | undefined {
    return this.all.find((call) => call !== this.chosen && call.isRinging());
  }

  find(callid: number): ActiveCall | undefined {
    return this.all.find((call) => call.callid === callid);
  }

  with(address: string): ActiveCall | undefined {
    return this.all.find((call) => call.peer === address);
  }

  /** MESIBO_RESULT_*. Of what becomes of it Mesibo_onCallStatus tells. */
  call(client: Client, address: string, video: boolean): number {
    if (this.chosen !== undefined) {
      this.context.fail(
        new StoaError('CONFLICT', 'There is a call already.', { hint: 'Hang up before calling again.' }),
      );
      return MESIBO_RESULT_FAIL;
    }
    try {
      client.calls.call(address, { video });
      return MESIBO_RESULT_OK;
    } catch (error) {
      this.context.fail(error);
      if (client.calls.available) return resultOf(error);
      // User interfaces have begun to show a call.
      this.report(randomId(), MESIBO_CALLSTATUS_NOCALLS, video);
      return MESIBO_RESULT_FAIL;
    }
  }

  /** Takes a call that rings; the one before is held. False when there is none. */
  answer(active: ActiveCall | undefined, video: boolean): boolean {
    if (active === undefined || !active.isRinging()) return false;
    for (const other of this.all) if (other !== active && other.isAnswered()) other.hold();
    this.chosen = active;
    const state = active[internal];
    const withVideo = video && state.call.video && this.views.kind !== 'voice';
    state.isVideoOn = withVideo;
    const { call } = state;
    const taking = call.status.phase === 'interrupted' ? call.resume : call.answer;
    taking.call(call, { video: withVideo }).catch((error: unknown) => {
      this.context.fail(error);
      state.hasFailed = true;
      call.hangup();
    });
    this.tellPermission(active, withVideo);
    this.show();
    return true;
  }

  /** The client has a new call. */
  began(client: Client, call: Call): void {
    const { context } = this;
    const owner: CallOwner = {
      answer: (active, video) => this.answer(active, video),
      setView: (view, isRemote) => this.setView(view, isRemote),
      fail: (error) => context.fail(error),
      devices: () => client.calls.devices(),
    };
    const active = new ActiveCall(randomId(), call, owner, call.video);
    this.all.push(active);
    this.chosen ??= active;
    this.watch(active, call);
    if (call.outgoing && !active.isRinging()) {
      this.statusChanged(active, call);
      this.tellPermission(active, call.video);
    } else {
      // The client has not finished with it yet.
      queueMicrotask(() => context.listeners.notify('Call', active.callid, call.peer, call.video));
    }
  }

  setView(view: View, isRemote: boolean): void {
    this.views.setOne(view, isRemote);
    this.show();
  }

  /** Shows the active call where the views are now. */
  show(): void {
    this.views.show(this.chosen?.[internal].call);
  }

  private watch(active: ActiveCall, call: Call): void {
    let peerMedia = call.peerMedia;
    call.on('status', () => this.statusChanged(active, call));
    call.on('streams', () => {
      this.localMediaChanged(active, call);
      if (this.chosen === active) this.show();
    });
    call.on('peerMedia', (media) => {
      this.peerMediaChanged(active, peerMedia, media);
      peerMedia = media;
    });
    call.on('dtmf', (digits) => {
      this.context.listeners.notifyDtmf(active, digits);
      this.report(active.callid, MESIBO_CALLSTATUS_DTMF, call.video);
    });
    call.on('problem', (error) => this.context.fail(error));
  }

  private statusChanged(active: ActiveCall, call: Call): void {
    const state = active[internal];
    const isOver = call.status.phase === 'ended';
    if (isOver) this.remove(active);
    const status =
      isOver && state.hasFailed ? MESIBO_CALLSTATUS_HWERROR : callStatus(call.status, call.outgoing);
    if (status === undefined || status === state.reported) return;
    const isFirst = state.reported === undefined || state.reported < MESIBO_CALLSTATUS_ANSWER;
    // The media may be faster than the server's word that it was answered.
    if (status === MESIBO_CALLSTATUS_CHANNELUP && isFirst) {
      this.report(active.callid, MESIBO_CALLSTATUS_ANSWER, call.video);
    }
    state.reported = status;
    this.report(active.callid, status, call.video);
  }

  private remove(active: ActiveCall): void {
    this.answeredPermission(active);
    const at = this.all.indexOf(active);
    if (at !== -1) this.all.splice(at, 1);
    if (this.chosen !== active) return;
    this.chosen = this.all.at(-1);
    this.show();
  }

  private localMediaChanged(active: ActiveCall, call: Call): void {
    const state = active[internal];
    if (state.hasMedia || call.localStream.getTracks().length === 0) return;
    state.hasMedia = true;
    this.answeredPermission(active);
    this.context.listeners.notify('LocalMedia', call.localStream);
  }

  private peerMediaChanged({ callid }: ActiveCall, before: CallMedia, now: CallMedia): void {
    if (now.audio !== before.audio) {
      this.report(callid, now.audio ? MESIBO_CALLSTATUS_UNMUTE : MESIBO_CALLSTATUS_MUTE, false);
    }
    if (now.video !== before.video) {
      this.report(callid, now.video ? MESIBO_CALLSTATUS_UNMUTE : MESIBO_CALLSTATUS_MUTE, true);
    }
    if (now.hold !== before.hold) {
      this.report(callid, now.hold ? MESIBO_CALLSTATUS_HOLD : MESIBO_CALLSTATUS_UNHOLD, before.video);
    }
  }

  private tellPermission(active: ActiveCall, video: boolean): void {
    const state = active[internal];
    void willAsk(video).then((asks) => {
      if (!asks || state.hasMedia || !active.isCallInProgress()) return;
      state.isAsking = true;
      this.context.listeners.notify('Permission', true);
    });
  }

  private answeredPermission({ [internal]: state }: ActiveCall): void {
    if (!state.isAsking) return;
    state.isAsking = false;
    this.context.listeners.notify('Permission', false);
  }

  /** Later, because the application is inside of a function of the API. */
  private report(callid: number, status: number, video: boolean): void {
    queueMicrotask(() => this.context.listeners.notify('CallStatus', callid, status, video));
  }
}
