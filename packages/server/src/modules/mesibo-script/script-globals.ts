/** What scripts made for mesibo find: the globals of its script API, as far as it is described. */
import { createHash, randomBytes } from 'node:crypto';
import type { Content, ModuleContext, ModuleMessage } from '@stoa/server/module';
import { ScriptHttp } from './script-http.ts';
import { ScriptSocket } from './script-socket.ts';

/** What a handler returns about a message; any other text is a reply. */
export const results = { PASS: 0, CONSUMED: 1, FAIL: 2, READ: 3, DELIVERED: 4 } as const;

export interface MessageFields {
  aid?: number;
  id?: number;
  refid?: number;
  groupid?: number;
  flags?: number;
  type?: number;
  expiry?: number;
  from?: string;
  to?: string;
  message?: string | Uint8Array;
  data?: string | Uint8Array;
}

/** Assigned by the script. */
export interface ScriptHandlers {
  onmessage?: ((message: object) => unknown) | undefined;
  onmessagestatus?: ((status: object) => unknown) | undefined;
  onlogin?: ((user: object) => unknown) | undefined;
  onexception?: ((error: unknown) => unknown) | undefined;
  ontimeout?: (() => unknown) | undefined;
}

/** Kept between calls: `session` for the two who talk, `globals` for the whole script. */
export interface ScriptState extends ScriptHandlers {
  session_id: string;
  session: Record<string, unknown>;
  readonly globals: Record<string, unknown>;
}

/**
 * Makes the globals of one script. `send` sends a message, `log` writes into the log, `defer` says what goes wrong in what
 * runs later.
 */
export function scriptGlobals(
  context: () => ModuleContext,
  mesibo: ScriptState,
  defer: (error: unknown) => void,
) {
  class Message {
    static readonly PASS = results.PASS;
    static readonly CONSUMED = results.CONSUMED;
    static readonly FAIL = results.FAIL;
    static readonly READ = results.READ;
    static readonly DELIVERED = results.DELIVERED;

    constructor(fields: MessageFields = {}) {
      Object.assign(this, fields);
    }

    /** Sends it as it is now: a reply to a received one needs `from` and `to` exchanged. */
    send(): boolean {
      const { aid = 0, from = '', to, groupid = 0, type, flags, expiry = 0, ...rest } = this as MessageFields;
      const where = groupid > 0 ? { gid: groupid } : { to: to ?? '' };
      context()
        .send({
          aid,
          from,
          ...where,
          content: contentOf(rest),
          ...(type === undefined ? {} : { type }),
          ...(flags === undefined ? {} : { flags }),
          // A received one has 0 when its sender has said nothing.
          ...(expiry === 0 ? {} : { expiry }),
        })
        .catch(defer);
      return true;
    }
  }

  const now = (): number => performance.timeOrigin + performance.now();
  return {
    mesibo,
    Message,
    Http: ScriptHttp,
    Socket: class extends ScriptSocket {
      constructor() {
        super(defer);
      }
    },
    print: (...values: unknown[]): void => context().log(values.map(String).join(' ')),
    random32: (): number => randomBytes(4).readUInt32LE(),
    random64: (): bigint => randomBytes(8).readBigUInt64LE(),
    hash64: (text: unknown): bigint => createHash('sha256').update(String(text)).digest().readBigUInt64LE(),
    timeInMicros: (): number => Math.floor(now() * 1000),
    timeInMillis: (): number => Math.floor(now()),
    timeInSeconds: (): number => Math.floor(now() / 1000),
    startTimer: (ms: number): void => {
      setTimeout(() => {
        try {
          mesibo.ontimeout?.();
        } catch (error) {
          defer(error);
        }
      }, Number(ms));
    },
  };
}

/** The message as a script sees it. */
export function messageFields(message: ModuleMessage): MessageFields {
  const { aid, id, ref = 0, gid = 0, flags, type, expiry = 0, from, to = '', content } = message;
  const text = content.text ?? content.data ?? '';
  return {
    aid,
    id: Number(id ?? 0),
    refid: ref,
    groupid: gid,
    flags,
    type,
    expiry,
    from,
    to,
    message: text,
    data: text,
  };
}

/** `message` counts before `data`. */
export function contentOf({ message, data }: Pick<MessageFields, 'message' | 'data'>): Content {
  const said = message ?? data ?? '';
  return said instanceof Uint8Array ? { data: said } : { text: String(said) };
}
