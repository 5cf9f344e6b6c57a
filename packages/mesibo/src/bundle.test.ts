import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Context, createContext, runInContext } from 'node:vm';
import { startTestNode, tempFolder } from '@stoa/testkit';
import * as fakeIndexedDb from 'fake-indexeddb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBundle } from '../build.ts';
import * as api from './index.ts';
import { Heard } from './testing/heard.ts';

const folder = tempFolder();
let script = '';

beforeAll(async () => {
  script = readFileSync(await buildBundle(join(folder.path, 'mesibo.js')), 'utf8');
});
afterAll(() => folder.remove());

/** What every browser context has, and nothing of Node. `more`: what a certain kind of context has besides. */
function browserContext(more: Record<string, unknown> = {}): Context {
  const own = {
    AbortController,
    TextDecoder,
    TextEncoder,
    URL,
    URLSearchParams,
    WebSocket,
    atob,
    btoa,
    clearInterval,
    clearTimeout,
    console,
    crypto,
    fetch,
    queueMicrotask,
    setInterval,
    setTimeout,
    structuredClone,
    ...fakeIndexedDb,
    indexedDB: new fakeIndexedDb.IDBFactory(),
    ...more,
  };
  return createContext(own);
}

function load(context: Context): Context {
  runInContext(script, context, { filename: 'mesibo.js' });
  return context;
}

describe('mesibo.js', () => {
  it('makes everything that the package exports global, as configurable, writable properties', () => {
    const before = new Set(Object.getOwnPropertyNames(runInContext('globalThis', browserContext())));
    const context = load(browserContext());
    const global = runInContext('globalThis', context) as object;
    const added = Object.getOwnPropertyNames(global).filter((name) => !before.has(name));
    expect(added.sort()).toEqual(Object.keys(api).sort());
    for (const name of added) {
      expect(Object.getOwnPropertyDescriptor(global, name)).toMatchObject({
        configurable: true,
        writable: true,
      });
    }
    expect(added).toEqual(
      expect.arrayContaining([
        'Mesibo',
        'MesiboReadSession',
        'MesiboContactSynchronizer',
        'MESIBO_MSGSTATUS_EMPTY',
      ]),
    );
  });

  it('lets applications declare the same names, and loads twice', () => {
    const context = load(browserContext());
    runInContext(
      `const MESIBO_MSGSTATUS_SENT = 1; let MESIBO_READFLAG_FIFO = 4; var MESIBO_FILETYPE_IMAGE = 1;
       function MesiboCall() {} function MesiboRecorder() {} function MessengerFile() {} function MesiboListener() {}
       const MESIBO_DEFAULT_PROFILE_IMAGE = 'a.jpg'; var MESIBO_APP_ID = 'app'; var api = new Mesibo();
       const STREAM_CAMERA = 1, STREAM_SCREEN = 2, RESULT_FAIL = -1; function MesiboProfile() {}`,
      context,
    );
    expect(runInContext('api.getProfile("bob").getAddress()', context)).toBe('bob');
    load(context);
    expect(runInContext('new Mesibo().random() > 0', context)).toBe(true);
  });

  it('leaves nothing declared: a script may use any name', () => {
    const context = load(browserContext());
    const names = script.match(/\b[a-zA-Z_$]\b/g) ?? [];
    for (const name of new Set(names)) runInContext(`let ${name} = 1;`, context);
  });

  it('has the names that templates of applications evaluate', () => {
    const context = load(browserContext());
    const missing = runInContext(
      `['MESIBO_MSGSTATUS_WIPED', 'MESIBO_MSGSTATUS_DELETED', 'MESIBO_GROUPERR_BADPIN', 'MESIBO_CALLSTATUS_CHANNELUP',
        'MESIBOCALL_HANGUP_REASON_REMOTE', 'MESIBO_ACTIVITY_TYPING'].filter((name) => typeof globalThis[name] !== 'number')`,
      context,
    );
    expect(missing).toEqual([]);
  });

  it('finds its server by its script element', () => {
    class HTMLScriptElement {
      readonly src = 'https://chat.example.com/api/mesibo.js';
    }
    const urls: string[] = [];
    class WebSocket extends EventTarget {
      constructor(url: string | URL) {
        super();
        urls.push(String(url));
      }
      close(): void {}
    }
    const document = {
      currentScript: new HTMLScriptElement(),
      addEventListener() {},
      visibilityState: 'visible',
    };
    const context = load(browserContext({ document, HTMLScriptElement, WebSocket }));
    runInContext(
      'document.currentScript = null; var api = new Mesibo(); api.setCredentials("x".repeat(40));',
      context,
    );
    const opened = new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (urls.length === 0) return;
        clearInterval(timer);
        resolve();
      }, 5);
    });
    runInContext('api.start()', context);
    return opened.then(() => {
      runInContext('api.stop()', context);
      expect(urls[0]).toBe('wss://chat.example.com/ws');
    });
  });
});

describe('mesibo.js without a document, as in a service worker', () => {
  it('chats through a real server, keeps messages in IndexedDB, and knows its server by the line before it', async () => {
    const server = await startTestNode();
    const [alice, bob] = [await server.addUser('alice'), await server.addUser('bob')];
    script = `Object.defineProperty(globalThis,"__stoaServer",{value:${JSON.stringify(server.url)},configurable:true,writable:true});\n${script}`;
    const worker = { location: { href: 'https://app.example.com/sw.js' } };
    const start = `
      Mesibo.initServiceWorker({}, globalThis);
      var api = new Mesibo();
      api.setAppName('');
      api.setCredentials(token);
      api.setListener(listener);
      api.setDatabase('mesibo', (init) => { opened = init; });
      api.start();`;
    const people = [alice, bob].map(({ token }) => {
      const heard = new Heard();
      const context = load(browserContext({ ...worker, token, listener: heard, opened: undefined }));
      runInContext(start, context);
      return { heard, context };
    });
    const [a, b] = people;
    if (a === undefined || b === undefined) throw new Error('no people');
    await a.heard.until(() => a.heard.connection.includes(1), 'alice online');
    runInContext(`var m = api.getProfile('bob', 0).newMessage(); m.message = 'Hello'; m.send();`, a.context);
    const received = await b.heard.message('Hello');
    expect(received.profile?.getAddress()).toBe('alice');
    expect(runInContext('opened', b.context)).toBe(true);
    expect(
      (await indexedDbOf(b.context).databases()).map(({ name }) => name?.startsWith('mesibo-')),
    ).toContain(true);
    for (const { context } of people) runInContext('api.stop()', context);
    await server.close();
  });
});

function indexedDbOf(context: Context): IDBFactory {
  return runInContext('indexedDB', context) as IDBFactory;
}
