import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import type { Session } from '../session/session.ts';
import { Workspace } from '../session/workspace.ts';

/** Undefined where nobody is signed in. */
export const WorkspaceContext = createContext<Workspace | undefined>(undefined);

/** Connects as the session's user while it is mounted. */
export function WorkspaceProvider({ session, children }: { session: Session; children: ReactNode }) {
  const [workspace, setWorkspace] = useState<Workspace>();

  useEffect(() => {
    const opened = new Workspace(session);
    void opened.open();
    setWorkspace(opened);
    return () => opened.close();
  }, [session]);

  if (workspace === undefined) return null;
  return <WorkspaceContext value={workspace}>{children}</WorkspaceContext>;
}

export function useWorkspace(): Workspace {
  const workspace = use(WorkspaceContext);
  if (workspace === undefined) throw new Error('useWorkspace needs a WorkspaceProvider above it');
  return workspace;
}
