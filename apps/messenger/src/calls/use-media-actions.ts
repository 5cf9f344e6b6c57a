import { useWorkspace } from '../hooks/use-workspace.tsx';
import type { CallView } from './call-board.ts';
import { unlessGivenUp } from './screen-choice.ts';

/** What the user does with his own microphone, camera and screen. What fails is shown with the call. */
export function useMediaActions({ call, media, camera, status }: CallView): {
  toggleAudio(): void;
  toggleVideo(): void;
  toggleScreen(): void;
  toggleHold(): void;
} {
  const { calls } = useWorkspace();
  const isOver = status.phase === 'ended' || status.phase === 'interrupted';
  const unlessOver = (action: () => void | Promise<void>) => (): void => {
    if (!isOver) calls.do(call, async () => action());
  };
  return {
    toggleAudio: unlessOver(() => call.setAudio(!media.audio)),
    toggleVideo: unlessOver(() => call.setVideo(!camera)),
    toggleScreen: unlessOver(async () => {
      if (media.screen) call.stopSharing();
      else await unlessGivenUp(call.shareScreen());
    }),
    toggleHold: unlessOver(() => call.hold(!media.hold)),
  };
}
