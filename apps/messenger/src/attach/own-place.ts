import { type Content, StoaError } from '@stoa/protocol';

/** Where this device is, once; the browser asks its user. */
export function ownPlace(): Promise<Content> {
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => resolve({ latitude, longitude }),
      ({ code, PERMISSION_DENIED }) =>
        reject(
          code === PERMISSION_DENIED
            ? new StoaError('PERMISSION_DENIED', 'The browser does not tell where you are.')
            : new StoaError('UNAVAILABLE', 'It cannot be found out where you are.'),
        ),
      { enableHighAccuracy: true, timeout: 20_000 },
    );
  });
}
