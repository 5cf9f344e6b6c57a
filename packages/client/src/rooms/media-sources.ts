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

/**
 * The layers in which a picture is sent, the smallest first: each viewer gets the one that fits. Screens are one layer,
 * as sharp as they are.
 */
export function encodingsOf(source: 'camera' | 'screen', height: number): RTCRtpEncodingParameters[] {
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
