import type { Call } from '@stoa/client';

/** A media element of the page, or its id. */
export type View = HTMLMediaElement | string | null;

/** Where calls are seen and heard: the elements that setupVideoCall or setupVoiceCall named. */
export class CallViews {
  /** What was set up last; undefined: nothing so far. */
  kind: 'voice' | 'video' | undefined;
  private local: View = null;
  private remote: View = null;

  /** True when all elements that are named are there. Those that are not are looked for again during the call. */
  set(kind: 'voice' | 'video', local: View, remote: View): boolean {
    this.show(undefined);
    this.kind = kind;
    this.local = local;
    this.remote = remote;
    return [local, remote].every((view) => view === null || element(view) !== undefined);
  }

  setOne(view: View, isRemote: boolean): void {
    if (isRemote) this.remote = view;
    else this.local = view;
  }

  /** Shows a call; undefined: none any more. */
  show(call: Pick<Call, 'localStream' | 'remoteStream'> | undefined): void {
    play(element(this.local), call?.localStream, true);
    play(element(this.remote), call?.remoteStream, false);
  }
}

function element(view: View): HTMLMediaElement | undefined {
  if (view === null || view === '') return undefined;
  if (typeof view !== 'string') return view;
  const found = typeof document === 'undefined' ? null : document.getElementById(view);
  return found !== null && 'srcObject' in found ? (found as HTMLMediaElement) : undefined;
}

function play(view: HTMLMediaElement | undefined, stream: MediaStream | undefined, isOwn: boolean): void {
  if (view === undefined) return;
  const shown = stream === undefined || stream.getTracks().length === 0 ? null : stream;
  if (view.srcObject === shown) return;
  view.srcObject = shown;
  if (shown === null) return;
  // The own voice must not be heard.
  if (isOwn) view.muted = true;
  // On phones a video would otherwise fill the screen.
  view.setAttribute('playsinline', '');
  view.autoplay = true;
  // A browser that wants a gesture first plays when the user has made one.
  view.play().catch(() => {});
}
