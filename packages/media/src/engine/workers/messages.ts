import type { Code } from '@stoa/protocol';
import type { ConnectionOptions } from '../../transport/connection.ts';
import type { MediaEvent } from '../events.ts';
import type { LocalEngine } from '../local-engine.ts';
import type { MediaEngine } from '../media-engine.ts';

/** What can be asked of the engine in a worker: all that is about one room, which is the first argument. */
export type Commands = Omit<MediaEngine, 'onEvent' | 'close' | 'totals'> &
  Pick<LocalEngine, 'openPart' | 'pipe'>;
export type CommandName = keyof Commands;
/** And of it as a whole. */
export type WorkerCommandName = CommandName | 'totals';

/** From the server to a worker. */
export type ToWorker =
  | { readonly type: 'start'; readonly connections: ConnectionOptions }
  | {
      readonly type: 'call';
      readonly id: number;
      readonly name: WorkerCommandName;
      readonly args: readonly unknown[];
    }
  | { readonly type: 'ping' };

/** From a worker to the server. */
export type FromWorker =
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | {
      readonly type: 'failure';
      readonly id: number;
      readonly code: Code;
      readonly message: string;
      readonly hint: string;
    }
  | { readonly type: 'event'; readonly event: MediaEvent }
  | { readonly type: 'pong' };
