/** What rooms need of a browser. Applications elsewhere hand in an implementation of their own. */
export interface RoomPlatform {
  newPeer(configuration: RTCConfiguration): RTCPeerConnection;
  newStream(): MediaStream;
  userMedia(constraints: MediaStreamConstraints): Promise<MediaStream>;
  displayMedia(constraints: DisplayMediaStreamOptions): Promise<MediaStream>;
  /** Codecs that can be sent, by the browser's preference; undefined where it does not say. */
  codecs(kind: 'audio' | 'video'): readonly RTCRtpCodec[] | undefined;
  /**
   * Tells in which height an element is seen, in pixels of the screen, at once and at every change; 0 while it is not
   * visible. Until the returned function is called.
   */
  watchHeight(element: Element, onHeight: (height: number) => void): () => void;
  /** Tells which devices there are whenever some come or go, until the returned function is called. */
  watchDevices?(onDevices: (devices: readonly MediaDeviceInfo[]) => void): () => void;
}

/** The browser that this runs in; undefined where there is no WebRTC. */
export function systemRoomPlatform(): RoomPlatform | undefined {
  if (typeof RTCPeerConnection === 'undefined' || typeof navigator === 'undefined') return undefined;
  return {
    newPeer: (configuration) => new RTCPeerConnection(configuration),
    newStream: () => new MediaStream(),
    userMedia: (constraints) => mediaDevices().getUserMedia(constraints),
    displayMedia: (constraints) => mediaDevices().getDisplayMedia(constraints),
    codecs: (kind) => RTCRtpSender.getCapabilities(kind)?.codecs,
    watchHeight,
    watchDevices,
  };
}

/** Pages that do not come over HTTPS (or from this machine) have no devices. */
function mediaDevices(): MediaDevices {
  const { mediaDevices: devices } = navigator as { mediaDevices?: MediaDevices };
  if (devices === undefined) throw new DOMException('The page must come over HTTPS.', 'SecurityError');
  return devices;
}

function watchDevices(onDevices: (devices: readonly MediaDeviceInfo[]) => void): () => void {
  const { mediaDevices: devices } = navigator as { mediaDevices?: MediaDevices };
  const tell = (): void => {
    devices?.enumerateDevices().then(onDevices, () => {});
  };
  devices?.addEventListener('devicechange', tell);
  return () => devices?.removeEventListener('devicechange', tell);
}

function watchHeight(element: Element, onHeight: (height: number) => void): () => void {
  let isVisible = true;
  let told: number | undefined;
  const tell = (): void => {
    const isShown = isVisible && document.visibilityState === 'visible';
    const height = isShown ? Math.round(element.clientHeight * devicePixelRatio) : 0;
    if (height === told) return;
    told = height;
    onHeight(height);
  };
  const sizes = new ResizeObserver(tell);
  const crossings = new IntersectionObserver((entries) => {
    isVisible = entries.at(-1)?.isIntersecting ?? isVisible;
    tell();
  });
  sizes.observe(element);
  crossings.observe(element);
  document.addEventListener('visibilitychange', tell);
  tell();
  return () => {
    sizes.disconnect();
    crossings.disconnect();
    document.removeEventListener('visibilitychange', tell);
  };
}
