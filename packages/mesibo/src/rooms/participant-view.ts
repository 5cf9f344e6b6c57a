import type { OwnStream, RemoteStream } from '@stoa/client';
import { guarded } from '../listeners.ts';

export type ViewAttached = (found: boolean) => unknown;

/** Where a stream is seen and heard: an element of the page, or none, then it is heard only. */
export class ParticipantView {
  element: HTMLVideoElement | undefined;
  private readonly isLocal: boolean;
  private stream: OwnStream | RemoteStream | undefined;
  private detach: (() => void) | undefined;
  /** Plays the sound of others as long as there is no element. */
  private sound: HTMLAudioElement | undefined;
  private looking: ReturnType<typeof setTimeout> | undefined;

  constructor(isLocal: boolean) {
    this.isLocal = isLocal;
  }

  set(
    view: string | HTMLVideoElement | null | undefined,
    onAttached?: ViewAttached | null,
    retryMs = 100,
    attempts = 50,
  ): void {
    clearTimeout(this.looking);
    const tell = (isFound: boolean): void => {
      if (typeof onAttached === 'function') guarded(onAttached, undefined, [isFound]);
    };
    const look = (left: number): void => {
      const found = typeof view === 'string' ? elementOf(view) : (view ?? undefined);
      if (found !== undefined) {
        this.hide();
        this.element = found;
        this.play();
        tell(true);
      } else if (left > 0) this.looking = setTimeout(() => look(left - 1), retryMs);
      else tell(false);
    };
    look(attempts);
  }

  /** Shows this stream from now on; undefined: none any more. */
  show(stream: OwnStream | RemoteStream | undefined): void {
    if (stream === this.stream) return;
    this.hide();
    this.stream = stream;
    this.play();
  }

  private play(): void {
    const { stream, element } = this;
    if (stream === undefined) return;
    if (element === undefined) {
      if (this.isLocal || typeof Audio === 'undefined') return;
      this.sound ??= new Audio();
      this.sound.srcObject = stream.mediaStream;
      this.sound.autoplay = true;
      playOnceAllowed(this.sound);
      return;
    }
    this.sound?.remove();
    this.sound = undefined;
    // On phones a video would otherwise fill the screen.
    element.setAttribute('playsinline', '');
    if ('attach' in stream) this.detach = stream.attach(element);
    else {
      // The own voice must not be heard.
      element.muted = true;
      element.autoplay = true;
      element.srcObject = stream.mediaStream;
    }
    playOnceAllowed(element);
  }

  private hide(): void {
    this.detach?.();
    this.detach = undefined;
    if (this.sound !== undefined) this.sound.srcObject = null;
    if (this.element !== undefined && this.stream !== undefined) {
      if (this.element.srcObject === this.stream.mediaStream) this.element.srcObject = null;
    }
  }
}

/** A browser that wants a gesture of its user first plays when he has made one. */
function playOnceAllowed(element: HTMLMediaElement): void {
  element.play().catch(() => {
    document.addEventListener('pointerdown', () => element.play().catch(() => {}), { once: true });
  });
}

function elementOf(id: string): HTMLVideoElement | undefined {
  const found = typeof document === 'undefined' ? null : document.getElementById(id);
  return found !== null && 'srcObject' in found ? (found as HTMLVideoElement) : undefined;
}
