import { useCallback, useState } from 'react';
import { WorkspaceProvider } from './hooks/use-workspace.tsx';
import { Messenger } from './messenger.tsx';
import { endSubscription } from './notifications/notifications.ts';
import { forgetPictures } from './service-worker/start.ts';
import { forgetSession, loadSession, type Session, saveSession } from './session/session.ts';
import { SignIn } from './session/sign-in.tsx';

/** Signed out: the sign-in page. Signed in: the messenger of that user. */
export function App() {
  const [session, setSession] = useState(loadSession);

  const signIn = useCallback((next: Session, remember: boolean) => {
    saveSession(next, remember);
    setSession(next);
  }, []);

  const address = session?.address;
  const signOut = useCallback(() => {
    if (address !== undefined) void endSubscription(address).catch(() => {});
    forgetSession();
    forgetPictures();
    window.history.replaceState(null, '', '#/');
    setSession(undefined);
  }, [address]);

  if (session === undefined) return <SignIn onSignIn={signIn} />;
  return (
    <WorkspaceProvider key={session.token} session={session}>
      <Messenger onSignOut={signOut} />
    </WorkspaceProvider>
  );
}
