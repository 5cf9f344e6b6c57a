import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { defineGlobals } from './globals.ts';

describe('defineGlobals', () => {
  it.each(['const', 'let', 'var', 'function'])(
    'lets a later script declare the same name with %s',
    (keyword) => {
      const context = createContext({});
      defineGlobals(runInContext('globalThis', context), { MESIBO_STATUS_ONLINE: 1, Other: 2 });
      const declaration =
        keyword === 'function'
          ? 'function MESIBO_STATUS_ONLINE() {}'
          : `${keyword} MESIBO_STATUS_ONLINE = 5;`;
      runInContext(declaration, context);
      expect(runInContext('Other', context)).toBe(2);
      if (keyword !== 'function') expect(runInContext('MESIBO_STATUS_ONLINE', context)).toBe(5);
    },
  );

  it('lets a script assign to a name', () => {
    const context = createContext({});
    defineGlobals(runInContext('globalThis', context), { MESIBO_APP_ID: 1 });
    runInContext('"use strict"; MESIBO_APP_ID = "mine";', context);
    expect(runInContext('MESIBO_APP_ID', context)).toBe('mine');
  });
});
