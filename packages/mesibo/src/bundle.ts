/** Entry of the classic script mesibo.js: everything that index.ts exports becomes a global. */
import { defineGlobals } from './globals.ts';
import * as api from './index.ts';

defineGlobals(globalThis, api);
