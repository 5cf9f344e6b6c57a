/**
 * Carries out what one page at a time may do with a file that several pages have found in their store. The others wait
 * until that page has ended.
 */
export async function ownTransfer(id: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks;
  if (locks === undefined) return work();
  // The lock is not kept for work that has stopped half-way, and waits for a store that is closed.
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => {});
  await locks.request(`stoa-transfer-${id}`, { signal }, () => Promise.race([work(), aborted]));
}
