import type { Call, CallDevice } from '@stoa/client';
import { MESIBOCALL_VIDEOSOURCE_CAMERAFRONT, MESIBOCALL_VIDEOSOURCE_CAMERAREAR } from '../constants/call.ts';

/** Browsers on phones say in the label which way a camera looks. */
const looks: ReadonlyMap<number, RegExp> = new Map([
  [MESIBOCALL_VIDEOSOURCE_CAMERAFRONT, /front/i],
  [MESIBOCALL_VIDEOSOURCE_CAMERAREAR, /back|rear/i],
]);

/** Id of the camera that MESIBOCALL_VIDEOSOURCE_* and the index (among all cameras) mean; undefined: there is none. */
export function cameraFor(devices: readonly CallDevice[], source: number, index: number): string | undefined {
  const cameras = devices.filter(({ kind }) => kind === 'camera');
  const look = looks.get(source);
  const matching = look === undefined ? cameras : cameras.filter(({ label }) => look.test(label));
  return matching[index]?.id;
}

/** Id of the camera after the one in use; undefined when there is no other. */
export function nextCamera(
  devices: readonly CallDevice[],
  { localStream }: Pick<Call, 'localStream'>,
): string | undefined {
  const cameras = devices.filter(({ kind }) => kind === 'camera');
  const inUse = localStream.getVideoTracks()[0]?.getSettings().deviceId;
  const at = cameras.findIndex(({ id }) => id === inUse);
  const next = cameras[(at + 1) % cameras.length];
  return next?.id === inUse ? undefined : next?.id;
}
