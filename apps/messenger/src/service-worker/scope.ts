/** What is used of the global scope of a service worker: the types of pages do not have it. */
export interface WorkerScope extends EventTarget {
  readonly registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
  readonly navigator: { setAppBadge?(count: number): Promise<void> };
  readonly clients: {
    claim(): Promise<void>;
    matchAll(which: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly WorkerPage[]>;
    openWindow(url: string): Promise<unknown>;
  };
}

export interface WorkerPage {
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(message: unknown): void;
}

export interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

export interface WorkerFetchEvent extends WorkerEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

export interface WorkerMessageEvent extends WorkerEvent {
  readonly data: unknown;
}

export interface WorkerPushEvent extends WorkerEvent {
  readonly data: { json(): unknown } | null;
}

export interface WorkerClickEvent extends WorkerEvent {
  readonly notification: Notification;
  readonly action: string;
  /** What the user has typed into a button that takes text. */
  readonly reply?: string | null;
}

/** Listens to an event that the browser gives the type of this name. */
export function listen<E extends WorkerEvent>(
  scope: EventTarget,
  name: string,
  listener: (event: E) => void,
): void {
  scope.addEventListener(name, (event) => listener(event as E));
}
