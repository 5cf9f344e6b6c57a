import type { OwnStream, Room } from '@stoa/client';
import { StoaError } from '@stoa/protocol';
import { willAsk } from '../calls/permission-prompt.ts';
import { MESIBOCALL_HANGUP_REASON_ERROR, MESIBOCALL_HANGUP_REASON_REMOTE } from '../constants/call.ts';
import type { Context } from '../context.ts';
import { internal } from '../internal.ts';
import { guarded } from '../listeners.ts';
import type { ParticipantNews } from './participant-news.ts';
import type { MesiboParticipant } from './room-participant.ts';

export interface PublishingOptions {
  readonly context: Context;
  readonly news: ParticipantNews;
  /** The room that this device is in. */
  readonly room: () => Room | undefined;
  /** Whether the way is up on which streams are published. */
  readonly isUp: () => boolean;
}

export interface Muted {
  readonly audio?: boolean;
  readonly video?: boolean;
}

const halves = ['audio', 'video'] as const;

/**
 * Brings own streams to what the application wants of them: one step after the other, because it may want something else
 * while the browser asks its user for a camera.
 */
export class Publishing {
  private readonly options: PublishingOptions;
  private readonly busy = new Set<MesiboParticipant>();
  /** Of these, something has changed since the last step began. */
  private readonly outdated = new Set<MesiboParticipant>();

  constructor(options: PublishingOptions) {
    this.options = options;
  }

  /** To be called whenever the application wants something else of it than before. */
  update(participant: MesiboParticipant): void {
    this.outdated.add(participant);
    if (this.busy.has(participant)) return;
    this.busy.add(participant);
    void this.settle(participant);
  }

  mute(participant: MesiboParticipant, { audio, video }: Muted): void {
    const state = participant[internal];
    const { wanted, own } = state;
    if (wanted === undefined) return;
    // Only who names it himself ends that others have muted it.
    if (audio === false && own?.isMuted('audio')) state.said.audio = true;
    if (video === false && own?.isMuted('video')) state.said.video = true;
    state.wanted = {
      audio: audio === undefined ? wanted.audio : !audio,
      video: video === undefined ? wanted.video : !video,
    };
    // At once, also while something of it is being opened.
    this.applyMutes(participant);
    this.update(participant);
  }

  /** The server, or somebody who controls the room, has changed something of it. */
  changed(participant: MesiboParticipant, stream: OwnStream): void {
    if (participant[internal].own !== stream) return;
    const isByOthers = halves.some((half) => stream.isLocked(half));
    this.options.news.tellMute(participant, stream.isMuted('audio'), stream.isMuted('video'), isByOthers);
  }

  /** It was ended by others. False when it is another stream by now. */
  ended(participant: MesiboParticipant, stream: OwnStream): boolean {
    const state = participant[internal];
    if (state.own !== stream) return false;
    state.own = undefined;
    state.view.show(undefined);
    this.giveUp(participant, MESIBOCALL_HANGUP_REASON_REMOTE);
    return true;
  }

  private async settle(participant: MesiboParticipant): Promise<void> {
    const state = participant[internal];
    while (this.outdated.delete(participant)) {
      const { wanted, isScreen } = state;
      try {
        if (await this.step(participant)) this.outdated.add(participant);
      } catch (error) {
        this.options.context.fail(error);
        // Something else may be wanted by now, and come true.
        if (state.wanted !== wanted || state.isScreen !== isScreen) this.outdated.add(participant);
        else if (wanted !== undefined) this.giveUp(participant, MESIBOCALL_HANGUP_REASON_ERROR);
      }
    }
    this.busy.delete(participant);
  }

  /** True: there may be more to do. */
  private async step(participant: MesiboParticipant): Promise<boolean> {
    const room = this.options.room();
    const state = participant[internal];
    const { own, wanted, facts, isScreen } = state;
    if (room === undefined) return false;
    const source = isScreen ? 'screen' : 'camera';
    if (own !== undefined && (wanted === undefined || own.source !== source)) {
      state.own = undefined;
      state.view.show(undefined);
      await own.stop();
      return true;
    }
    if (wanted === undefined) return false;
    if (own !== undefined) return this.complete(participant, own);
    if (room.ownStreams.some(({ sid }) => sid === facts.sid)) return false;
    const stream = await this.asking(!isScreen, wanted.video, () =>
      room.publish({ sid: facts.sid, source, ...wanted }),
    );
    // It was hung up, or the room left, meanwhile: nobody wants to be seen.
    if (state.wanted === undefined || room !== this.options.room()) await stream.stop();
    else this.began(participant, stream, wanted);
    return true;
  }

  private began(
    participant: MesiboParticipant,
    stream: OwnStream,
    asked: { audio: boolean; video: boolean },
  ): void {
    const { context, news, isUp } = this.options;
    const state = participant[internal];
    state.own = stream;
    state.said = { audio: false, video: false };
    // What there is no device for is not asked for again by itself.
    if (state.wanted === asked)
      state.wanted = {
        audio: asked.audio && stream.track('audio') !== undefined,
        video: asked.video && stream.track('video') !== undefined,
      };
    state.view.show(stream);
    context.listeners.notify('LocalMedia', stream.mediaStream);
    if (state.onStream !== undefined) guarded(state.onStream as never, undefined, [participant]);
    news.tellVideo(participant);
    if (isUp()) news.connected(participant, true);
  }

  /** Opens what is wanted and was not from the beginning, and mutes what is not. */
  private async complete(participant: MesiboParticipant, own: OwnStream): Promise<boolean> {
    const state = participant[internal];
    this.applyMutes(participant);
    const missing = halves.find((half) => state.wanted?.[half] === true && own.track(half) === undefined);
    if (missing === undefined || own.source === 'screen') return false;
    try {
      await this.asking(true, missing === 'video', () =>
        missing === 'video' ? own.useCamera() : own.useMicrophone(),
      );
    } catch (error) {
      if (state.own === own && state.wanted !== undefined)
        state.wanted = { ...state.wanted, [missing]: false };
      this.options.context.fail(error);
      return true;
    }
    // It was ended meanwhile.
    if (state.own !== own) return true;
    state.view.show(undefined);
    state.view.show(own);
    if (missing === 'video') this.options.news.tellVideo(participant);
    return true;
  }

  /** Says what is wanted otherwise than it was said last: whatever others have muted stays so. */
  private applyMutes(participant: MesiboParticipant): void {
    const state = participant[internal];
    const { own, wanted, said } = state;
    if (own === undefined || wanted === undefined) return;
    const muted: { audio?: boolean; video?: boolean } = {};
    const changes = halves.filter((half) => own.track(half) !== undefined && said[half] === wanted[half]);
    // Taken out of the request, which would be refused as a whole.
    const locked = changes.filter((half) => wanted[half] && own.isLocked(half));
    for (const half of locked) state.wanted = { ...wanted, ...state.wanted, [half]: false };
    for (const half of changes) {
      if (locked.includes(half)) continue;
      said[half] = !wanted[half];
      muted[half] = said[half];
    }
    if (locked.length > 0) this.options.context.fail(refused());
    if (Object.keys(muted).length === 0) return;
    own.mute(muted).catch((error) => {
      for (const half of halves) {
        if (muted[half] === undefined || said[half] !== muted[half]) continue;
        said[half] = !muted[half];
        // Who could not be unmuted is not to be heard or seen by itself later.
        if (said[half] && state.own === own && state.wanted?.[half] === true)
          state.wanted = { ...state.wanted, [half]: false };
      }
      this.options.context.fail(error);
    });
    this.options.news.tellMute(participant, own.isMuted('audio'), own.isMuted('video'), false);
  }

  /** Tells the application when the browser asks its user, and when he has answered. */
  private async asking<T>(isOfDevice: boolean, video: boolean, open: () => Promise<T>): Promise<T> {
    const { listeners } = this.options.context;
    let isOpen = false;
    let isTold = false;
    if (isOfDevice) {
      void willAsk(video).then((asks) => {
        if (!asks || isOpen) return;
        isTold = true;
        listeners.notify('Permission', true);
      });
    }
    try {
      return await open();
    } finally {
      isOpen = true;
      if (isTold) listeners.notify('Permission', false);
    }
  }

  /** Told when all is over: the application may want it anew at once. */
  private giveUp(participant: MesiboParticipant, reason: number): void {
    const isVideo = participant.isVideoCall();
    participant[internal].wanted = undefined;
    this.options.news.hungUp(participant, reason, isVideo);
  }
}

function refused(): StoaError {
  return new StoaError('PERMISSION_DENIED', 'Only who controls the room can end this.');
}
