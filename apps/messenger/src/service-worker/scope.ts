/** What is used of the global scope of a service worker: the types of pages do not have it. */
export interface WorkerScope extends EventTarget {
  readonly registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
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

/** Listens to an event that the browser gives the type of this name. */
export function listen<E extends WorkerEvent>(
  scope: EventTarget,
  name: string,
  listener: (event: E) => void,
): void {
  scope.addEventListener(name, (event) => listener(event as E));
}
