import type { OpenWebSocket, WebSocketLike } from '../connection/index.ts';
import type { LocalStore } from '../store/index.ts';
import type { TabChannel, TabLocks, TabPlatform } from '../tabs/index.ts';

interface LockRequest {
  readonly tab: FakeTab;
  readonly hold: () => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface LockState {
  holder: LockRequest | undefined;
  queue: LockRequest[];
}

/** A browser with tabs that can be frozen, thawed and crashed, as far as locks and channels go. */
export class TabWorld {
  readonly #locks = new Map<string, LockState>();
  readonly #channels = new Map<string, Set<{ tab: FakeTab; receive: (data: unknown) => void }>>();

  openTab(): FakeTab {
    return new FakeTab(this);
  }

  /** Who holds the lock. */
  holderOf(name: string): FakeTab | undefined {
    return this.#locks.get(name)?.holder?.tab;
  }

  request(
    tab: FakeTab,
    name: string,
    options: Parameters<TabLocks['request']>[1],
    hold: () => Promise<void>,
  ) {
    return new Promise<void>((resolve, reject) => {
      if (tab.isGone) return;
      const request: LockRequest = { tab, hold, resolve, reject };
      const lock = this.#locks.get(name) ?? { holder: undefined, queue: [] };
      this.#locks.set(name, lock);
      if (options.steal === true) {
        const { holder } = lock;
        lock.holder = undefined;
        if (holder !== undefined) this.#later(holder.tab, () => holder.reject(abortError()));
        lock.queue.unshift(request);
      } else lock.queue.push(request);
      options.signal?.addEventListener('abort', () => {
        if (!lock.queue.includes(request)) return;
        lock.queue = lock.queue.filter((one) => one !== request);
        reject(abortError());
      });
      this.#grant(lock);
    });
  }

  open(tab: FakeTab, name: string): TabChannel {
    const members = this.#channels.get(name) ?? new Set();
    this.#channels.set(name, members);
    const listeners = new Set<(event: { data: unknown }) => void>();
    const member = {
      tab,
      receive: (data: unknown) => {
        for (const listener of listeners) listener({ data });
      },
    };
    members.add(member);
    return {
      postMessage: (message) => {
        if (tab.isGone) return;
        const data: unknown = structuredClone(message);
        for (const other of [...members]) {
          if (other !== member) {
            this.#later(other.tab, () => members.has(other) && other.receive(structuredClone(data)));
          }
        }
      },
      addEventListener: (_type, listener) => listeners.add(listener),
      close: () => members.delete(member),
    };
  }

  /** The tab is gone, and everything that it held with it. */
  remove(tab: FakeTab): void {
    for (const members of this.#channels.values()) {
      for (const member of members) if (member.tab === tab) members.delete(member);
    }
    for (const lock of this.#locks.values()) {
      lock.queue = lock.queue.filter((request) => request.tab !== tab);
      if (lock.holder?.tab !== tab) continue;
      lock.holder = undefined;
      this.#grant(lock);
    }
  }

  #grant(lock: LockState): void {
    const request = lock.holder === undefined ? lock.queue.shift() : undefined;
    if (request === undefined) return;
    lock.holder = request;
    this.#later(request.tab, () => {
      // Stolen in between: it is rejected.
      if (lock.holder !== request) return;
      request.hold().then(() => {
        request.resolve();
        if (lock.holder !== request) return;
        lock.holder = undefined;
        this.#grant(lock);
      });
    });
  }

  #later(tab: FakeTab, act: () => void): void {
    setImmediate(() => tab.run(act));
  }
}

/** One tab: what reaches it waits while it is frozen, and never comes once it has crashed. */
export class FakeTab {
  readonly platform: TabPlatform;
  readonly #world: TabWorld;
  #state: 'running' | 'frozen' | 'gone' = 'running';
  #waiting: (() => void)[] = [];
  readonly #sockets = new Set<WebSocketLike>();

  constructor(world: TabWorld) {
    this.#world = world;
    this.platform = {
      locks: { request: (name, options, hold) => world.request(this, name, options, hold) },
      openChannel: (name) => world.open(this, name),
      isVisible: () => true,
    };
  }

  /** Does it now, after the tab was thawed, or never. */
  run(act: () => void): void {
    if (this.#state === 'running') act();
    else if (this.#state === 'frozen') this.#waiting.push(act);
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  freeze(): void {
    this.#state = 'frozen';
  }

  /** What has waited happens in order, each in a turn of its own. */
  thaw(): void {
    const next = (): void => {
      const act = this.#state === 'frozen' ? this.#waiting.shift() : undefined;
      if (act !== undefined) {
        act();
        setImmediate(next);
      } else if (this.#state === 'frozen') this.#state = 'running';
    };
    setImmediate(next);
  }

  /** Like the end of its process: nobody is told, the browser releases everything. */
  crash(): void {
    this.#state = 'gone';
    this.#world.remove(this);
    for (const socket of this.#sockets) socket.close();
  }

  readonly webSocket: OpenWebSocket = (url, protocols) => {
    const socket: WebSocketLike = new WebSocket(url, protocols);
    this.#sockets.add(socket);
    const listen = (type: string, listener: (event: never) => void): void => {
      const gated = (event: never): void => this.run(() => listener(event));
      (socket.addEventListener as (type: string, listener: (event: never) => void) => void)(type, gated);
    };
    return {
      get binaryType() {
        return socket.binaryType;
      },
      set binaryType(type) {
        socket.binaryType = type;
      },
      get protocol() {
        return socket.protocol;
      },
      addEventListener: listen as WebSocketLike['addEventListener'],
      send: (data) => this.isGone || socket.send(data),
      close: () => socket.close(),
    };
  };

  /** The store as this tab sees it. */
  store(store: LocalStore): LocalStore {
    const gate = <T>(work: () => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        this.run(() => {
          work().then(
            (result) => this.run(() => resolve(result)),
            (error: unknown) => this.run(() => reject(error)),
          );
        });
      });
    return {
      ...(store.sharedAs === undefined ? {} : { sharedAs: store.sharedAs }),
      open: (onLost) => gate(() => store.open((reason) => this.run(() => onLost(reason)))),
      apply: (changes) => gate(() => store.apply(changes)),
      message: (conversation, order) => gate(() => store.message(conversation, order)),
      messages: (conversation, range) => gate(() => store.messages(conversation, range)),
      disappearing: (limit) => gate(() => store.disappearing(limit)),
      profiles: (users) => gate(() => store.profiles(users)),
      close: () => gate(() => store.close()),
    };
  }
}

function abortError(): Error {
  return new DOMException('The lock was taken.', 'AbortError');
}
