/**
 * Takes the exclusive lock of a store, from another page if need be: the page that the user opened last works.
 * Where the platform has no locks, nothing is locked.
 *
 * @param onLost called when another page takes the lock
 * @returns the function that releases it
 */
export function holdStoreLock(name: string, onLost: () => void): Promise<() => void> {
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  if (locks === undefined) return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    let state: 'asked' | 'held' | 'released' = 'asked';
    const hold = (): Promise<void> => {
      state = 'held';
      return new Promise((release) => {
        resolve(() => {
          state = 'released';
          release();
        });
      });
    };
    locks.request(name, { steal: true }, hold).catch((error: unknown) => {
      if (state === 'held') onLost();
      else if (state === 'asked') reject(error);
    });
  });
}
