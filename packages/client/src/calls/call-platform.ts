/** What calls need of a browser. Applications elsewhere hand in an implementation of their own. */
export interface CallPlatform {
  newPeer(configuration: RTCConfiguration): RTCPeerConnection;
  newStream(): MediaStream;
  userMedia(constraints: MediaStreamConstraints): Promise<MediaStream>;
  displayMedia(): Promise<MediaStream>;
  devices(): Promise<readonly MediaDeviceInfo[]>;
  /** Calls back when devices are plugged in or out, until the returned function is called. */
  onDevices(listener: () => void): () => void;
  /** Calls back when the page is being closed or loaded anew, until the returned function is called. */
  onLeave(listener: () => void): () => void;
  /** A small text that outlives loading the page anew, but not the tab. */
  readonly memory: { load(): string | null; save(text: string | null): void };
}

/** The browser that this runs in; undefined where there is no WebRTC. */
export function systemCallPlatform(): CallPlatform | undefined {
  if (typeof RTCPeerConnection === 'undefined' || typeof navigator === 'undefined') return undefined;
  return {
    newPeer: (configuration) => new RTCPeerConnection(configuration),
    newStream: () => new MediaStream(),
    userMedia: (constraints) => mediaDevices().getUserMedia(constraints),
    displayMedia: () => mediaDevices().getDisplayMedia({ video: true, audio: false }),
    devices: () => mediaDevices().enumerateDevices(),
    onDevices: (listener) => listen(navigator.mediaDevices, 'devicechange', listener),
    onLeave: (listener) => listen(globalThis, 'pagehide', listener),
    memory: sessionMemory,
  };
}

/** Pages that do not come over HTTPS (or from this machine) have no devices. */
function mediaDevices(): MediaDevices {
  const { mediaDevices: devices } = navigator as { mediaDevices?: MediaDevices };
  if (devices === undefined) throw new DOMException('The page must come over HTTPS.', 'SecurityError');
  return devices;
}

function listen(target: EventTarget | undefined, event: string, listener: () => void): () => void {
  target?.addEventListener(event, listener);
  return () => target?.removeEventListener(event, listener);
}

const memoryKey = 'stoa.call';

/** Private windows may have no storage: then a call does not outlive loading the page anew. */
const sessionMemory: CallPlatform['memory'] = {
  load() {
    try {
      return sessionStorage.getItem(memoryKey);
    } catch {
      return null;
    }
  },
  save(text) {
    try {
      if (text === null) sessionStorage.removeItem(memoryKey);
      else sessionStorage.setItem(memoryKey, text);
    } catch {}
  },
};
