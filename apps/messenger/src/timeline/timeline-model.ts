import {
  type Client,
  conversationId,
  type LocalMessage,
  type Origin,
  type RemovedMessages,
  type Target,
} from '@stoa/client';
import { Live } from '../hooks/live.ts';
import { hasAttention } from '../hooks/use-attention.ts';
import { type MessageWindow, withMessages, withUpdate } from './message-window.ts';

export interface TimelineState {
  /** False until the messages on this device have been read. */
  readonly ready: boolean;
  readonly messages: MessageWindow;
  /** Where the messages begin that were new when the user came; kept while they are being read. */
  readonly unreadFrom: number | undefined;
  /** Whether there are messages before the first one. `later`: they cannot be had at the moment. */
  readonly older: 'more' | 'loading' | 'later' | 'none';
  /** mid of the message that the user was led to; undefined after a while. */
  readonly found: number | undefined;
}

type TimelineClient = Pick<Client, 'on' | 'message' | 'messages' | 'conversation' | 'fetchOlder'>;

const pageSize = 40;
/** Unread messages that are loaded at once, so that the timeline can open at the first one. */
const unreadLimit = 400;
/** How far a link may lead into the past. */
const pagesToMessage = 200;
const foundMs = 2_000;

/** The part of a conversation that is on the screen, kept up to date with the client. */
export class TimelineModel extends Live<TimelineState> {
  readonly #client: TimelineClient;
  readonly #target: Target;
  #foundTimer: number | undefined;
  /** The page that is being added. */
  #page: Promise<void> | undefined;

  constructor(client: TimelineClient, target: Target) {
    super({ ready: false, messages: [], unreadFrom: undefined, older: 'more', found: undefined });
    this.#client = client;
    this.#target = target;
  }

  /** Follows the conversation until the returned function is called. */
  open(): () => void {
    const id = conversationId(this.#target);
    const offs = [
      this.#client.on('message', (message, origin) => {
        if (message.conversation === id) this.#add(message, origin);
      }),
      this.#client.on('update', (message, before) => {
        if (message.conversation === id) this.#update(message, before);
      }),
      this.#client.on('removed', (removed) => {
        if (removed.conversation === id) this.#remove(removed);
      }),
      this.#client.on('synced', () => {
        if (this.get().older === 'later') this.#change({ older: 'more' });
      }),
    ];
    // The store is not to be had: another tab has it.
    this.#load().catch(() => this.#change({ ready: true, older: 'later' }));
    return () => {
      for (const off of offs) off();
      window.clearTimeout(this.#foundTimer);
    };
  }

  /**
   * Leads the user to a message, loading what lies between. Rejects when it cannot be loaded at the moment.
   *
   * @returns false when it is not there any more, or too far away
   */
  async show(mid: number): Promise<boolean> {
    const message = await this.#client.message(this.#target, mid);
    if (message === undefined) return false;
    for (let pages = 0; pages < pagesToMessage && !this.#has(mid); pages++) {
      await this.#addPage();
      if (this.get().older === 'none') break;
    }
    if (!this.#has(mid)) return false;
    this.#change({ found: mid });
    window.clearTimeout(this.#foundTimer);
    this.#foundTimer = window.setTimeout(() => this.#change({ found: undefined }), foundMs);
    return true;
  }

  /** Adds a page before the first message, or tries it again; `older` tells what came of it. */
  loadOlder(): Promise<void> {
    return this.#addPage().catch(() => {});
  }

  /** One at a time; who comes meanwhile waits for the same. */
  #addPage(): Promise<void> {
    this.#page ??= this.#fetchPage().finally(() => {
      this.#page = undefined;
    });
    return this.#page;
  }

  /** From this device, or else from the server. */
  async #fetchPage(): Promise<void> {
    const { ready, older, messages } = this.get();
    if (!ready || older === 'none') return;
    this.#change({ older: 'loading' });
    const [first] = messages;
    const page = { limit: pageSize, ...(first === undefined ? {} : { before: first.order }) };
    try {
      let found = await this.#client.messages(this.#target, page);
      if (found.length === 0) {
        await this.#client.fetchOlder(this.#target, pageSize);
        found = await this.#client.messages(this.#target, page);
      }
      const all = withMessages(found, this.get().messages);
      this.#change({ messages: all, older: found.length === 0 ? 'none' : 'more' });
    } catch (error) {
      this.#change({ older: 'later' });
      throw error;
    }
  }

  async #load(): Promise<void> {
    const unread = (await this.#client.conversation(this.#target))?.unread ?? 0;
    const limit = Math.max(pageSize, Math.min(unread + pageSize / 2, unreadLimit));
    const newest = await this.#client.messages(this.#target, { limit });
    const messages = withMessages(newest, this.get().messages);
    const unreadFrom = messages.find(({ status }) => status === 'unread')?.order;
    this.#change({ ready: true, messages, unreadFrom });
  }

  #add(message: LocalMessage, origin: Origin): void {
    const { messages, unreadFrom } = this.get();
    this.#change({ messages: withMessages(messages, [message]), unreadFrom: divider() });

    /** Who writes has read; who is away finds a line above what came meanwhile. */
    function divider(): number | undefined {
      if (origin === 'outgoing') return undefined;
      if (message.outgoing || hasAttention()) return unreadFrom;
      return messages.some(({ status }) => status === 'unread') ? unreadFrom : message.order;
    }
  }

  #has(mid: number): boolean {
    return this.get().messages.some((message) => message.mid === mid);
  }

  #remove(removed: RemovedMessages): void {
    const isRemoved = ({ order }: LocalMessage): boolean =>
      'upTo' in removed ? order <= removed.upTo : removed.orders.includes(order);
    this.#change({ messages: this.get().messages.filter((message) => !isRemoved(message)) });
  }

  #update(message: LocalMessage, before: LocalMessage): void {
    this.#change({ messages: withUpdate(this.get().messages, message, before) });
  }

  #change(change: Partial<TimelineState>): void {
    this.set({ ...this.get(), ...change });
  }
}
