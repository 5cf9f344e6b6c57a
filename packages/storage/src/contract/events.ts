import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewMessage, StoredMessage } from '../store.ts';
import { bytes, newMessage, newPair, now, type OpenStore, useStore } from './store-under-test.ts';

export function describeEvents(open: OpenStore): void {
  describe('edits and recalls', () => {
    const tested = useStore(open);

    async function setUp() {
      const pair = await newPair(tested.store);
      const append = (text: string, fields: Partial<NewMessage> = {}) =>
        tested.store.log.append(
          newMessage({
            conversation: pair.conversation,
            sender: pair.alice,
            content: bytes(text),
            ...fields,
          }),
        );
      const edit = (target: number, text: string, fields: Partial<NewMessage> = {}) =>
        append(text, { change: { event: 'edit', target }, ...fields });
      const recall = (target: number, fields: Partial<NewMessage> = {}) =>
        append('', { change: { event: 'recall', target }, ...fields });
      /** What the log says, the content as text. */
      const entries = async () => {
        const conversation = await tested.store.log.findConversation(pair.conversation);
        const read = await tested.store.log.read(conversation?.conv ?? 0, { after: 0, limit: 100 });
        return read.map(({ content, special }) => ({ text: textOf(content), special }));
      };
      return { ...pair, append, edit, recall, entries };
    }

    it('are entries of the log with places of their own', async () => {
      const { append, edit, recall, entries } = await setUp();
      await append('one');
      expect(await edit(1, 'two')).toMatchObject({ seq: 2, duplicate: false });
      expect(await recall(1)).toMatchObject({ seq: 3, duplicate: false });
      expect((await entries()).map(({ special }) => special)).toMatchObject([
        { event: null, gone: 'recalled' },
        { event: 'edit', target: 1 },
        { event: 'recall', target: 1, gone: null },
      ]);
    });

    it('that edit give the message its latest content and time, and are read with it', async () => {
      const { append, edit, entries } = await setUp();
      await append('first');
      await append('other');
      await edit(1, 'second', { ts: now + 5 });
      await edit(1, 'third', { ts: now + 9 });
      expect(await entries()).toEqual([
        { text: 'third', special: { ...nothing, editedAt: now + 9 } },
        { text: 'other', special: null },
        { text: 'third', special: { ...nothing, event: 'edit', target: 1 } },
        { text: 'third', special: { ...nothing, event: 'edit', target: 1 } },
      ]);
    });

    it('that recall leave nothing of the content, of edits neither', async () => {
      const { append, edit, recall, entries } = await setUp();
      await append('first');
      await edit(1, 'second');
      await recall(1);
      expect(await entries()).toEqual([
        { text: null, special: { ...nothing, gone: 'recalled' } },
        { text: null, special: { ...nothing, event: 'edit', target: 1, gone: 'recalled' } },
        { text: '', special: { ...nothing, event: 'recall', target: 1 } },
      ]);
    });

    it('that edit what was recalled have no effect', async () => {
      const { append, edit, recall, entries } = await setUp();
      await append('first');
      await recall(1);
      await edit(1, 'again');
      const [message, , late] = await entries();
      expect(message).toEqual({ text: null, special: { ...nothing, gone: 'recalled' } });
      expect(late).toMatchObject({ text: null, special: { event: 'edit', gone: 'recalled' } });
    });

    it('work on what was asked for in the same moment', async () => {
      const { append, edit, recall, entries } = await setUp();
      await Promise.all([append('a'), edit(1, 'b'), append('c'), edit(3, 'd'), recall(1), edit(3, 'e')]);
      expect((await entries()).map(({ text }) => text)).toEqual([null, null, 'e', 'e', '', 'e']);
    });

    it('count once when they are repeated', async () => {
      const { append, edit, entries } = await setUp();
      await append('one');
      const first = await edit(1, 'two', { dev: 3, id: 1 });
      await edit(1, 'three', { dev: 3, id: 2 });
      expect(await edit(1, 'two', { dev: 3, id: 1 })).toEqual({ ...first, duplicate: true });
      expect((await entries())[0]?.text).toBe('three');
    });

    it('have no effect on other events, on what is not there, and on other conversations', async () => {
      const { append, edit, recall, entries, aid, alice } = await setUp();
      await append('one');
      await edit(1, 'two');
      await edit(2, 'three');
      await recall(2);
      await edit(99, 'nowhere');
      await edit(5, 'itself');
      const notes = { kind: 'pair', aid, a: alice, b: alice } as const;
      await recall(1, { conversation: notes });
      const read = await entries();
      expect(read.map(({ text }) => text)).toEqual(['two', 'two', null, '', null, null]);
      expect(read.map(({ special }) => special?.gone)).toEqual([null, null, null, null, null, null]);
    });

    it('are found by id and by idempotency key, like messages', async () => {
      const { alice, append, edit } = await setUp();
      await append('one');
      const { mid } = await edit(1, 'two', { dev: 3, id: 7 });
      const found = await tested.store.log.findSend({ sender: alice, dev: 3, id: 7 });
      expect(found).toMatchObject({ mid, seq: 2, special: { event: 'edit', target: 1 } });
      expect(found).toEqual(await tested.store.log.find(mid));
      expect(await tested.store.log.findSend({ sender: alice, dev: 3, id: 8 })).toBeUndefined();
    });

    it('move the conversation to the front of what changed', async () => {
      const { bob, append, edit } = await setUp();
      const { conv } = await append('one');
      const query = { uid: bob, dev: 0, limit: 10 };
      const { position } = await tested.store.cursors.changed({ ...query, position: 0 });
      await edit(1, 'two', { ts: now + 5 });
      const { conversations } = await tested.store.cursors.changed({ ...query, position });
      expect(conversations).toMatchObject([{ conv, last: 2, lastAt: now + 5 }]);
    });

    it('leave the same in any order and in any batches: the last edit, or nothing after a recall', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 8 }), async (batches) => {
          const { append, edit, recall, entries } = await setUp();
          const model: Modelled[] = [];
          for (const actions of batches) {
            await Promise.all(
              actions.map((action, index) => {
                const text = `${model.length}.${index}`;
                play(model, action, text);
                if (action.do === 'message') return append(text);
                return action.do === 'edit' ? edit(action.target, text) : recall(action.target);
              }),
            );
          }
          expect((await entries()).map(seen)).toEqual(model.map((_, index) => expected(model, index)));
        }),
        { numRuns: 50 },
      );
    }, 60_000);
  });
}

const nothing = {
  event: null,
  target: null,
  age: null,
  dueAt: null,
  editedAt: null,
  gone: null,
  marks: null,
};

const textOf = (content: Uint8Array | null): string | null => content && new TextDecoder().decode(content);

type Action = { do: 'message' } | { do: 'edit' | 'recall'; target: number };

const target = fc.integer({ min: 1, max: 10 });
const batch: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.constant({ do: 'message' as const }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('edit' as const), target }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('recall' as const), target }) },
  ),
  { minLength: 1, maxLength: 6 },
);

interface Modelled {
  readonly action: Action;
  text: string | null;
}

function play(model: Modelled[], action: Action, text: string): void {
  const changed = action.do === 'message' ? undefined : model[action.target - 1];
  if (changed?.action.do === 'message' && changed.text !== null) {
    changed.text = action.do === 'edit' ? text : null;
  }
  model.push({ action, text: action.do === 'recall' ? '' : text });
}

/** Of an edit: what its target has. */
function expected(model: readonly Modelled[], index: number) {
  const entry = model[index];
  if (entry?.action.do !== 'edit') return { text: entry?.text, event: entry?.action.do };
  const changed = model.slice(0, index)[entry.action.target - 1];
  return { text: changed?.action.do === 'message' ? changed.text : null, event: 'edit' };
}

function seen({ text, special }: { text: string | null; special: StoredMessage['special'] }) {
  return { text, event: special?.event ?? 'message' };
}
