import { Client } from '@stoa/client';
import { indexedDbStore } from '@stoa/client/indexed-db';
import { indexedDbTransfers } from '@stoa/client/indexed-db-transfers';
import type { StoaError } from '@stoa/protocol';
import { CallBoard } from '../calls/call-board.ts';
import { Drafts } from '../composer/drafts.ts';
import { ConversationList } from '../conversations/conversation-list.ts';
import { People } from '../conversations/people.ts';
import { browserName } from '../devices/browser-name.ts';
import { Live } from '../hooks/live.ts';
import { Today } from '../hooks/today.ts';
import { Notifications } from '../notifications/notifications.ts';
import { PresenceBoard } from '../presence/presence-board.ts';
import { ProfileBoard } from '../profiles/profile-board.ts';
import { RoomBoard } from '../rooms/room-board.ts';
import { endDevice, removeDatabase } from './end-device.ts';
import type { Session } from './session.ts';

/** What the pages of one signed-in user share: the client, and views on it. */
export class Workspace {
  readonly session: Session;
  readonly client: Client;
  readonly conversations: ConversationList;
  readonly people = new People();
  readonly presence: PresenceBoard;
  readonly profiles: ProfileBoard;
  readonly drafts: Drafts;
  readonly calls: CallBoard;
  readonly rooms: RoomBoard;
  readonly notifications: Notifications;
  readonly today: Today;
  /** Why nothing can be kept in this browser, so that nothing works. */
  readonly failure = new Live<Error | undefined>(undefined);

  constructor(session: Session) {
    this.session = session;
    this.client = new Client({
      url: window.location.origin,
      token: session.token,
      // A store per user: several may sign in with one browser.
      store: indexedDbStore(databasesOf(session).messages),
      files: { store: indexedDbTransfers(databasesOf(session).files) },
      calls: { waiting: true },
      agent: `Messenger in ${browserName(navigator.userAgent)}`,
    });
    this.client.on('problem', warn);
    this.conversations = new ConversationList(this.client);
    this.presence = new PresenceBoard(this.client);
    this.profiles = new ProfileBoard(this.client);
    this.drafts = new Drafts(this.client);
    this.calls = new CallBoard(this.client);
    this.rooms = new RoomBoard(this.client);
    this.notifications = new Notifications(this.client, this.conversations, session.address, (address) =>
      this.profiles.names.get()(address),
    );
    this.today = new Today({
      now: () => this.client.serverTime(),
      setTimeout: (callback, ms) => window.setTimeout(callback, ms),
      clearTimeout: (timer) => window.clearTimeout(timer as number),
    });
  }

  async open(): Promise<void> {
    void this.people.load();
    try {
      await this.client.start();
      await this.conversations.load();
      await this.drafts.load();
    } catch (error) {
      this.failure.set(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Ends this device: the server lets it in no more, and nothing of the user stays in this browser. */
  async signOut(): Promise<void> {
    await endDevice(this.client);
    await this.client.stop();
    await Promise.all(Object.values(databasesOf(this.session)).map(removeDatabase));
  }

  close(): void {
    this.conversations.close();
    this.presence.close();
    this.profiles.close();
    this.drafts.close();
    this.calls.close();
    this.rooms.close();
    this.notifications.close();
    this.today.close();
    void this.client.stop();
  }
}

function databasesOf({ address }: Session): { readonly messages: string; readonly files: string } {
  return { messages: `stoa-messenger-${address}`, files: `stoa-messenger-files-${address}` };
}

/** Failed sends show on their message. Of what else fails, an address that nobody has (yet) is no surprise. */
function warn(problem: StoaError): void {
  if (problem.code !== 'INVALID_DESTINATION') console.warn(problem);
}
