/**
 * Runs a script that was written for mesibo (STOA_MODULE_SCRIPT: the path of its file) as a module.
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import { defineModule, type MessageResult, type ModuleContext } from '@stoa/server/module';
import { contentOf, messageFields, results, type ScriptState, scriptGlobals } from './script-globals.ts';

const path = process.env.STOA_MODULE_SCRIPT ?? '';
/** As at mesibo. */
const largestScript = 1024 * 1024;
/** Conversations whose `session` is remembered. */
const mostSessions = 10_000;

const nowhere = async (): Promise<never> => {
  throw new Error('A script can send when it has been called for the first time.');
};
/** The script keeps no context of its own. */
let context: ModuleContext = { send: nowhere, log: () => {}, env: process.env };
const sessions = new Map<string, Record<string, unknown>>();
const mesibo: ScriptState = { session_id: '', session: {}, globals: {} };

/** Tells the script of what it has thrown, or the log. */
function failed(error: unknown): void {
  if (typeof mesibo.onexception === 'function') mesibo.onexception(error);
  else context.log(`the script has failed: ${error instanceof Error ? error.stack : String(error)}`);
}

const globals = scriptGlobals(() => context, mesibo, failed);
Object.assign(globalThis, globals);
if (statSync(path).size > largestScript) throw new Error(`The script ${path} is larger than 1 MB.`);
runInThisContext(readFileSync(path, 'utf8'), { filename: path });
if (typeof mesibo.onmessage !== 'function')
  throw new Error(`The script ${path} assigns no mesibo.onmessage.`);

function enterSession(...who: readonly (string | number | undefined)[]): void {
  const id = who.join('/');
  mesibo.session_id = id;
  mesibo.session = sessions.get(id) ?? {};
  // The one that was used last is forgotten last.
  sessions.delete(id);
  sessions.set(id, mesibo.session);
  const oldest = sessions.keys().next();
  if (sessions.size > mostSessions && oldest.done !== true) sessions.delete(oldest.value);
}

/** Calls a function of the script; undefined when it has thrown. */
async function call(
  handler: ((argument: object) => unknown) | undefined,
  argument: object,
): Promise<unknown> {
  try {
    return await handler?.call(mesibo, argument);
  } catch (error) {
    failed(error);
    return undefined;
  }
}

export const module = defineModule({
  name: 'mesibo script',
  async onMessage(message, given): Promise<MessageResult> {
    context = given;
    // Scripts know nothing of edits; what they change would be taken for a message.
    if (message.event !== undefined) return 'pass';
    const { aid, from, to, gid } = message;
    enterSession(aid, from, gid ?? to);
    const fields = messageFields(message);
    const said = fields.message;
    const seen = new globals.Message(fields);
    const result = await call(mesibo.onmessage, seen);
    if (typeof result === 'string') return { reply: result, consume: true, ...replier(message) };
    switch (result) {
      case results.CONSUMED:
      case results.READ:
      case results.DELIVERED:
        return 'consume';
      case results.FAIL:
        return { refuse: 'The script of the server does not take this message.' };
      default: {
        const { message: text, data } = seen as typeof fields;
        const changed = text !== said ? text : data !== said ? data : undefined;
        return changed === undefined
          ? 'pass'
          : { change: { ...message.content, ...contentOf({ data: changed }) } };
      }
    }
  },
  async onMessageStatus({ aid, user, seq, conv, status }, given) {
    context = given;
    const code = status === 'read' ? results.READ : results.DELIVERED;
    await call(mesibo.onmessagestatus, { aid, from: user, conv, seq, status: code === results.READ ? 3 : 2 });
  },
  async onLogin({ address, online, aid, uid }, given) {
    context = given;
    await call(mesibo.onlogin, { aid, uid, address, online });
  },
});

/** In a group there is no receiver who could answer: the sender hears himself. */
function replier({ gid, from }: { readonly gid?: number; readonly from: string }): { from?: string } {
  return gid === undefined ? {} : { from };
}
