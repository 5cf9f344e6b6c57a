import type { Target } from '@stoa/client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hrefOf, routeOf } from './use-route.ts';

describe('a link to a conversation', () => {
  it('names any address, also one with slashes and spaces', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 63, unit: 'grapheme' }), (peer) => {
        const target: Target = { peer };
        expect(routeOf(hrefOf(target))).toEqual({ id: `u:${peer}` });
        expect(routeOf(hrefOf(target, 1009))).toEqual({ id: `u:${peer}`, mid: 1009 });
      }),
    );
  });

  it('names a group', () => {
    expect(routeOf(hrefOf({ gid: 12 }))).toEqual({ id: 'g:12' });
  });

  it('that is broken opens the list', () => {
    for (const hash of ['', '#/', '#/chat/', '#/chat/%E0%A4%A', '#/group/x', '#/chat/a/b', '#/other/a']) {
      expect(routeOf(hash)).toBeUndefined();
    }
  });
});
