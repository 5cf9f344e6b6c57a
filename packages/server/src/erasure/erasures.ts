import { StoaError } from '@stoa/protocol';
import type { ErasureStore, FileRecordStore, UserStore } from '@stoa/storage';
import type { PublishUserChange } from '../users/index.ts';

export interface ErasuresOptions {
  readonly store: {
    readonly erasures: ErasureStore;
    readonly users: UserStore;
    readonly files: Pick<FileRecordStore, 'checkSoon'>;
  };
  readonly publish: PublishUserChange;
  /** Ends the user's memberships before he is erased. */
  readonly leaveGroups?: (user: { aid: number; uid: number }) => Promise<void>;
  /** Has `carryOn` called soon. */
  readonly wake: () => void;
}

/**
 * Erasing users: what belongs to them alone goes at once, and their name and address with it; their messages are
 * emptied in steps, by whichever node, also after a restart.
 */
export class Erasures {
  readonly #options: ErasuresOptions;

  constructor(options: ErasuresOptions) {
    this.#options = options;
  }

  /**
   * Ends the user's sessions and begins to erase him; one who was removed before can be erased too.
   *
   * @throws StoaError NOT_FOUND, also for a user of another app
   */
  async begin(aid: number, uid: number): Promise<void> {
    const { store, publish, wake, leaveGroups = async () => {} } = this.#options;
    const user = await store.users.find(uid);
    if (user?.aid === aid) await leaveGroups({ aid, uid });
    if (user?.aid !== aid || !(await store.erasures.begin(uid, `erased-${uid}`))) {
      throw new StoaError('NOT_FOUND', `There is no user with the uid ${uid}.`);
    }
    publish({ type: 'user-removed', uid });
    wake();
  }

  /** Empties messages of users who are being erased, as long as it may; their files follow, unless others sent them on. */
  async carryOn(goOn: () => boolean): Promise<void> {
    const { erasures, files } = this.#options.store;
    for (const uid of await erasures.pending(usersAtOnce)) {
      // Not found pending again after the last step; without this, files go within a day.
      let left = true;
      while (left && goOn()) left = await erasures.step(uid, messagesPerStep);
      if (!left) await files.checkSoon(uid);
    }
  }
}

const usersAtOnce = 100;
const messagesPerStep = 500;
