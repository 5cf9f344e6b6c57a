import type { Clock } from '../clock.ts';
import { Timer } from '../timer.ts';

/** A connection that is interrupted for longer than this does not come back by itself soon enough. */
const patienceMs = 3_000;

/** Tells when a peer connection is up, and once when it has to be replaced; until the returned function is called. */
export function watchConnection(
  peer: RTCPeerConnection,
  clock: Clock,
  { onUp, onLost }: { readonly onUp: (isUp: boolean) => void; readonly onLost: () => void },
): () => void {
  const timer = new Timer(clock, onLost);
  const look = (): void => {
    switch (peer.connectionState) {
      case 'connected':
        timer.clear();
        onUp(true);
        return;
      case 'disconnected':
        onUp(false);
        timer.setTo(clock.now() + patienceMs);
        return;
      case 'failed':
        timer.clear();
        onUp(false);
        onLost();
        return;
    }
  };
  peer.addEventListener('connectionstatechange', look);
  return () => {
    timer.clear();
    peer.removeEventListener('connectionstatechange', look);
  };
}
