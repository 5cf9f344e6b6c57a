import {
  type Client,
  conversationId,
  type LocalConversation,
  type LocalMessage,
  targetOf,
} from '@stoa/client';
import { isMuted } from '../conversations/arrangement.ts';
import { Live, type ReadonlyLive } from '../hooks/live.ts';
import { hasAttention } from '../hooks/use-attention.ts';
import { markAttention, shownMessage, tellUnseen } from './unseen.ts';

type Conversations = ReadonlyLive<readonly LocalConversation[] | undefined>;

/** `unsupported`: this browser cannot; `denied`: the user has told it so; `on`: this browser is woken for him. */
export type NotificationState = 'unsupported' | 'denied' | 'off' | 'on';

/** Whether this browser shows notifications of a user while he does not look at the page, and those that it shows. */
export class Notifications extends Live<NotificationState> {
  readonly #client: Client;
  readonly #conversations: Conversations;
  readonly #address: string;
  readonly #nameOf: (address: string) => string;
  readonly #stops: (() => void)[];
  /** Whether all that the server has is here: before, what a notification is about may be missing. */
  #isSynced = false;

  constructor(
    client: Client,
    conversations: Conversations,
    address: string,
    nameOf: (address: string) => string,
  ) {
    super(stateOf(address));
    this.#client = client;
    this.#conversations = conversations;
    this.#address = address;
    this.#nameOf = nameOf;
    this.#stops = [
      client.on('status', ({ state }) => {
        this.#isSynced &&= state === 'online';
        // The browser may have another address for us than the last time.
        if (state === 'online' && this.get() === 'on') this.#register().catch(warn);
      }),
      client.on('synced', () => {
        this.#isSynced = true;
        this.#closeRead();
      }),
      conversations.subscribe(() => this.#closeRead()),
      // Of what comes while there is no connection, the server tells the browser.
      client.on('message', (message, origin) => {
        if (origin === 'realtime' && this.get() === 'on') this.#tell(message).catch(warn);
      }),
      markAttention(address),
    ];
  }

  /**
   * Asks the user for his permission, and has this browser woken. To be called when he has asked for it.
   *
   * @throws Error when the browser or the server cannot
   */
  async turnOn(): Promise<void> {
    const permission = await Notification.requestPermission();
    if (permission === 'granted') {
      await this.#register();
      localStorage.setItem(keyOf(this.#address), 'on');
    }
    this.set(stateOf(this.#address));
  }

  async turnOff(): Promise<void> {
    await this.#client.request('push.unregister', {});
    await endSubscription(this.#address);
    this.set(stateOf(this.#address));
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  async #tell(message: LocalMessage): Promise<void> {
    if (message.status !== 'unread' || hasAttention()) return;
    const conversation = await this.#client.conversation(targetOf(message.conversation));
    // Read meanwhile, or muted.
    if (conversation === undefined || conversation.unread === 0) return;
    if (isMuted(conversation, this.#client.serverTime())) return;
    await tellUnseen(this.#address, message, shownMessage(message, conversation, this.#nameOf));
  }

  /** Takes away what the user has read, here or elsewhere. */
  #closeRead(): void {
    const conversations = this.#isSynced ? this.#conversations.get() : undefined;
    if (conversations === undefined || !('serviceWorker' in navigator)) return;
    const unread = new Set(conversations.filter(({ unread }) => unread > 0).map(({ id }) => id));
    const close = async (): Promise<void> => {
      const registration = await navigator.serviceWorker.getRegistration();
      for (const notification of (await registration?.getNotifications()) ?? []) {
        const about = conversationOf(notification.data);
        if (about !== undefined && !unread.has(about)) notification.close();
      }
    };
    close().catch(warn);
  }

  async #register(): Promise<void> {
    const { key } = await this.#client.request('push.key', {});
    const { pushManager } = await navigator.serviceWorker.ready;
    const wanted = { userVisibleOnly: true, applicationServerKey: key };
    const subscription = await pushManager.subscribe(wanted).catch(async () => {
      // One of another server at this address stands in the way.
      await (await pushManager.getSubscription())?.unsubscribe();
      return pushManager.subscribe(wanted);
    });
    const { endpoint = '', keys = {} } = subscription.toJSON();
    const { p256dh = '', auth = '' } = keys;
    await this.#client.request('push.register', { subscription: { endpoint, p256dh, auth } });
  }
}

/** Of a user who has signed out: this browser is not woken for him any more. */
export async function endSubscription(address: string): Promise<void> {
  if (localStorage.getItem(keyOf(address)) === null) return;
  localStorage.removeItem(keyOf(address));
  const registration = await navigator.serviceWorker?.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

function stateOf(address: string): NotificationState {
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) {
    return 'unsupported';
  }
  if (Notification.permission === 'denied') return 'denied';
  const isOn = Notification.permission === 'granted' && localStorage.getItem(keyOf(address)) !== null;
  return isOn ? 'on' : 'off';
}

/** What the service worker has noted with a notification. */
function conversationOf(data: unknown) {
  if (typeof data !== 'object' || data === null) return undefined;
  if ('gid' in data && typeof data.gid === 'number') return conversationId({ gid: data.gid });
  if ('peer' in data && typeof data.peer === 'string') return conversationId({ peer: data.peer });
  return undefined;
}

const keyOf = (address: string): string => `stoa.notifications.${address}`;
const warn = (error: unknown): void => console.warn('Notifications:', error);
