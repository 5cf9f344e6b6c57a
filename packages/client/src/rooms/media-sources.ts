/** How microphones, cameras and screens of a room are opened, and what of them is sent. */
import type { RoomInfo } from '@stoa/protocol';

export function microphoneConstraints(deviceId?: string): MediaTrackConstraints {
  const processing = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  return { ...processing, ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }) };
}

/** No larger than the room takes. */
export function cameraConstraints(maxHeight: number, deviceId?: string): MediaTrackConstraints {
  const height = Math.min(720, maxHeight);
  return {
    width: { ideal: Math.round((height * 16) / 9) },
    height: { ideal: height },
    frameRate: { ideal: 30 },
    ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }),
  };
}

/** No larger than the room takes, however large the window is made that is shown. */
export function screenConstraints(maxHeight: number): MediaTrackConstraints {
  return { height: { max: maxHeight } };
}

/** Pixels of the shorter side, which is what rooms limit; 0 when the track does not tell. */
function shorterSide(track: MediaStreamTrack): number {
  const { width = 0, height = 0 } = track.getSettings();
  return Math.min(width || height, height || width);
}

/** What the sides of a picture are divided by, so that it is no larger than the room takes. */
export function scaleFor(track: MediaStreamTrack, maxHeight: number): number {
  return Math.max(1, shorterSide(track) / maxHeight);
}

/** The layers in which a picture is sent, the smallest first: each viewer gets the one that fits. */
export function encodingsOf(
  source: 'camera' | 'screen',
  track: MediaStreamTrack,
  maxHeight: number,
): RTCRtpEncodingParameters[] {
  const scale = scaleFor(track, maxHeight);
  const layers = layersOf(source, shorterSide(track) / scale);
  if (scale === 1) return layers;
  return layers.map((layer) => {
    return { ...layer, scaleResolutionDownBy: scale * (layer.scaleResolutionDownBy ?? 1) };
  });
}

/** Screens are one layer, as sharp as they are. */
function layersOf(source: 'camera' | 'screen', height: number): RTCRtpEncodingParameters[] {
  if (source === 'screen') return [{ maxBitrate: 2_500_000 }];
  if (height < 360) return [{ maxBitrate: 400_000 }];
  const layers = [
    { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
    { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
    { rid: 'f', maxBitrate: height > 720 ? 4_000_000 : 1_700_000 },
  ];
  return height < 540 ? layers.slice(1) : layers;
}

/** The codecs that may be sent, or undefined when all of the browser's may. */
export function allowedCodecs(
  limits: RoomInfo['limits'],
  known: readonly RTCRtpCodec[] | undefined,
): RTCRtpCodec[] | undefined {
  if (known === undefined) return undefined;
  const names = new Set(
    [...limits.codecs, 'rtx', 'red', 'ulpfec', 'flexfec-03'].map((name) => name.toLowerCase()),
  );
  const allowed = known.filter(({ mimeType }) => names.has((mimeType.split('/')[1] ?? '').toLowerCase()));
  return allowed.length === known.length ? undefined : allowed;
}
