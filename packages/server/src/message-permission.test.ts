import type { NewMessage } from '@stoa/storage';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MessagePermission, type MessagePermissionOptions } from './message-permission.ts';
import { Messages } from './messages/index.ts';

type MessagesOptions = ConstructorParameters<typeof Messages>[0];

const sender = { aid: 1, uid: 2, address: 'alice', dev: 3 };
const receiver = { uid: 4, address: 'bob' };

it('messages of a device are stored in their order, however rules come and go between them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), rulesAtEachSend, async (scheduler, rules) => {
      const access = { any: false, isRead: () => scheduler.schedule(Promise.resolve()) };
      const stored: (number | null)[] = [];
      const messages = new Messages(parts({ access, stored }));
      const sends = scheduler.scheduleSequence(
        rules.map((areThere, id) => async () => {
          access.any = areThere;
          messages.accept(sender, receiver, { id, content: {} });
        }),
      );
      await scheduler.waitFor(sends.task);
      await scheduler.waitIdle();
      expect(stored).toEqual(rules.map((_, id) => id));
    }),
  );
});

const rulesAtEachSend = fc.array(fc.boolean(), { maxLength: 12 });

interface World {
  readonly access: { readonly any: boolean; isRead(): Promise<void> };
  readonly stored: (number | null)[];
}

/** A server whose rules let everybody do everything, when they have been looked up. */
function parts({ access, stored }: World): MessagesOptions {
  const looksUp = async (): Promise<boolean> => {
    await access.isRead();
    return true;
  };
  const permission: unknown = {
    access: {
      get any() {
        return access.any;
      },
      restricts: () => access.any,
      may: looksUp,
      require: looksUp,
      count: looksUp,
    },
    mayMeet: looksUp,
    modules: { active: false },
    directory: { byAddress: async () => receiver },
  };
  const log = {
    append: async ({ id }: NewMessage) => {
      stored.push(id);
      return { mid: 1, conv: 1, seq: stored.length, ts: 0, duplicate: false, epoch: 0 };
    },
  };
  const judge = new MessagePermission(permission as MessagePermissionOptions);
  const options: unknown = { log, judge, clock: { now: () => 0 } };
  return options as MessagesOptions;
}
