import { use } from 'react';
import { Live, type ReadonlyLive, useLive } from '../hooks/live.ts';
import { WorkspaceContext } from '../hooks/use-workspace.tsx';
import type { ShownProfile } from './profile-board.ts';

const nobody: ReadonlyLive<undefined> = new Live(undefined);

/** The profile of a user as this device knows it, kept up to date; undefined while nothing is known, or nobody is meant. */
export function useProfile(address: string | undefined): ShownProfile | undefined {
  const workspace = use(WorkspaceContext);
  return useLive(workspace === undefined || address === undefined ? nobody : workspace.profiles.of(address));
}

/** Where the picture of a user or group is, small if it can be; undefined when there is none. */
export function useSmallPicture(who: { address: string; gid: number | undefined }): string | undefined {
  const workspace = use(WorkspaceContext);
  const profile = useProfile(who.gid === undefined ? who.address : undefined);
  const ofGroup = useLive(
    workspace === undefined || who.gid === undefined ? nobody : workspace.profiles.pictureOfGroup(who.gid),
  );
  return who.gid === undefined ? (profile?.thumbnailUrl ?? profile?.picture?.url) : ofGroup;
}
