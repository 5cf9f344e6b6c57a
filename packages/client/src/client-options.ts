import { type Codec, jsonCodec, type MessageEvent, msgpackCodec } from '@stoa/protocol';
import { type CallPlatform, type CallSettings, systemCallPlatform } from './calls/index.ts';
import { type Clock, systemClock } from './clock.ts';
import { type OpenWebSocket, openSystemWebSocket, socketUrl } from './connection/index.ts';
import { type Environment, systemEnvironment } from './environment.ts';
import type { FileSettings } from './files/index.ts';
import type { IdShare } from './outbox/index.ts';
import { type RoomPlatform, type RoomSettings, systemRoomPlatform } from './rooms/index.ts';
import { type LocalStore, memoryStore } from './store/index.ts';
import { browserTabs, type TabPlatform } from './tabs/index.ts';
import type { LocalMessage } from './types.ts';

export interface ClientOptions {
  /** Base URL of the server, such as `https://chat.example.com`; the socket is at `/ws` below it. */
  readonly url: string;
  /** User token, which your back end gets with useradd. */
  readonly token: string;
  /** App name that the token was issued for, when it was issued for one. */
  readonly app?: string;
  /** Where messages are kept; one per user. Default: memoryStore(). */
  readonly store?: LocalStore;
  /**
   * Whether the tabs of a browser that use the same store share one client: `share` (default), where the browser can
   * (Web Locks, BroadcastChannel) and the store is one for several tabs; or `single`: the tab that started last works,
   * the others stop.
   */
  readonly tabs?: 'share' | 'single';
  /** Name and version of the application, for the server's log and device list. */
  readonly agent?: string;
  /** Default: msgpack. json is readable in a browser's tools. */
  readonly codec?: 'msgpack' | 'json';
  /**
   * Called with each message of others before it is stored; false drops it: it counts as received, and is stored and
   * shown nowhere on this device. Must be quick and have no effects: it may be called again for the same message.
   */
  readonly filter?: (message: LocalMessage) => boolean;
  /**
   * Called before a message of somebody else is changed by its sender; false leaves it as it is on this device. Like
   * `filter`, it may be called again.
   */
  readonly acceptsChange?: (message: LocalMessage, event: MessageEvent) => boolean;
  /** How calls behave, and what they use. */
  readonly calls?: CallSettings;
  /** How rooms behave, and what they use. */
  readonly rooms?: RoomSettings;
  /** How files are sent. */
  readonly files?: FileSettings;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: the browser's, where there is one. */
  readonly environment?: Environment;
  /** How tabs find each other. Default: the browser's locks and channels. */
  readonly tabPlatform?: TabPlatform;
  /** Default: the platform's WebSocket. */
  readonly webSocket?: OpenWebSocket;
  /** From 0 (included) to 1, for jitter and local ids. Default: Math.random. */
  readonly random?: () => number;
}

export interface ResolvedOptions {
  readonly socketUrl: string;
  /** Undefined: this client shares nothing. */
  readonly tabPlatform: TabPlatform | undefined;
  readonly token: string;
  readonly app: string | undefined;
  readonly store: LocalStore;
  readonly agent: string | undefined;
  readonly filter: (message: LocalMessage) => boolean;
  readonly acceptsChange: (message: LocalMessage, event: MessageEvent) => boolean;
  readonly codec: Codec;
  readonly calls: CallSettings;
  readonly callPlatform: CallPlatform | undefined;
  readonly roomSettings: RoomSettings;
  readonly roomPlatform: RoomPlatform | undefined;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly openWebSocket: OpenWebSocket;
  readonly random: () => number;
  /** Which ids of sends this client may use when others make some, too. */
  readonly idShare?: IdShare;
}

/** @throws StoaError BAD_REQUEST when `url` is not the URL of a server. */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  return {
    socketUrl: socketUrl(options.url),
    tabPlatform: options.tabs === 'single' ? undefined : (options.tabPlatform ?? browserTabs()),
    token: options.token,
    app: options.app,
    store: options.store ?? memoryStore(),
    agent: options.agent,
    filter: options.filter ?? (() => true),
    acceptsChange: options.acceptsChange ?? (() => true),
    codec: options.codec === 'json' ? jsonCodec : msgpackCodec,
    calls: options.calls ?? {},
    callPlatform: options.calls?.platform ?? systemCallPlatform(),
    roomSettings: options.rooms ?? {},
    roomPlatform: options.rooms?.platform ?? systemRoomPlatform(),
    clock: options.clock ?? systemClock,
    environment: options.environment ?? systemEnvironment,
    openWebSocket: options.webSocket ?? openSystemWebSocket,
    random: options.random ?? Math.random,
  };
}
