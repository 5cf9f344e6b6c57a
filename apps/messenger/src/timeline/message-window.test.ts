import { describe, expect, it } from 'vitest';
import { makeMessage } from './make-message.ts';
import { messageKey, withMessages, withUpdate } from './message-window.ts';

const waiting = makeMessage({ order: 2 ** 52 + 7, seq: 0, mid: 0, id: 7, outgoing: true, status: 'outbox' });
const sent = makeMessage({ ...waiting, order: 3, seq: 3, mid: 1003, status: 'sent' });

describe('the messages on the screen', () => {
  it('are in order, each once, whatever comes twice or late', () => {
    const one = makeMessage({ order: 1 });
    const two = makeMessage({ order: 2 });
    const window = withMessages(withMessages([], [two, waiting]), [one, { ...two, status: 'unread' }]);
    expect(window.map(({ order }) => order)).toEqual([1, 2, waiting.order]);
    expect(window[1]?.status).toBe('unread');
  });

  it('take the place that the server gives them, and keep their key', () => {
    const window = withMessages([], [waiting, makeMessage({ order: 4 })]);
    const after = withUpdate(window, sent, waiting);
    expect(after.map(({ order }) => order)).toEqual([3, 4]);
    expect(messageKey(sent)).toBe(messageKey(waiting));
  });

  it('are replaced when a refused message is sent again under a new id', () => {
    const again = { ...waiting, id: 8, order: waiting.order + 1 };
    expect(withUpdate([{ ...waiting, status: 'failed' }], again, waiting)).toEqual([again]);
  });

  it('do not change for a message that is not among them', () => {
    const window = [makeMessage({ order: 9 })];
    expect(withUpdate(window, makeMessage({ order: 1 }), makeMessage({ order: 1 }))).toBe(window);
  });
});
