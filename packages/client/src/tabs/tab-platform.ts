/** The part of the Web Locks API that tabs need; navigator.locks fits. */
export interface TabLocks {
  request(
    name: string,
    options: { readonly signal?: AbortSignal; readonly steal?: boolean },
    hold: () => Promise<void>,
  ): Promise<unknown>;
}

/** Carries messages to the other tabs that have opened a channel of the same name; a BroadcastChannel fits. */
export interface TabChannel {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  close(): void;
}

/** What the browser gives tabs to find each other. */
export interface TabPlatform {
  readonly locks: TabLocks;
  openChannel(name: string): TabChannel;
  /** Whether somebody looks at this tab. */
  isVisible(): boolean;
}

/** Undefined where tabs cannot find each other (no Web Locks or no BroadcastChannel). */
export function browserTabs(): TabPlatform | undefined {
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  if (locks === undefined || typeof BroadcastChannel === 'undefined') return undefined;
  return {
    locks,
    openChannel: (name) => new BroadcastChannel(name),
    isVisible: () => typeof document === 'undefined' || document.visibilityState === 'visible',
  };
}
