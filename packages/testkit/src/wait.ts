/**
 * Waits until `condition` holds, looking again after each turn of `again` (an event that may change it).
 * Rejects with what was awaited when it takes longer than `ms`.
 *
 * @example
 * await until(() => messages.length === 3, (look) => client.on('message', look), 'three messages');
 */
export function until(
  condition: () => boolean,
  again: (look: () => void) => () => void,
  what: string,
  ms = 30_000,
): Promise<void> {
  if (condition()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`waited ${ms} ms for ${what}`));
    }, ms);
    const stop = again(() => {
      if (!condition()) return;
      clearTimeout(timer);
      stop();
      resolve();
    });
  });
}

/** A promise with a deadline that says what did not come. */
export async function within<T>(promise: Promise<T>, what: string, ms = 30_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms for ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
