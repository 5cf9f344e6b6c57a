import type { StoaModule } from './public.ts';

/** What the server and the thread of a module say to each other. */

export type Hook = 'onMessage' | 'onMessageStatus' | 'onLogin' | 'onCall';

export const hooks: readonly Hook[] = ['onMessage', 'onMessageStatus', 'onLogin', 'onCall'];

export type ToModule =
  /** Without an id, nobody waits for the result. */
  | { readonly type: 'call'; readonly id: number | null; readonly hook: Hook; readonly argument: unknown }
  | { readonly type: 'ping' }
  | { readonly type: 'sent'; readonly id: number; readonly mid?: number; readonly error?: string };

export type FromModule =
  | { readonly type: 'ready'; readonly module: LoadedModule }
  | { readonly type: 'unloadable'; readonly error: string }
  | { readonly type: 'result'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failed'; readonly id: number | null; readonly hook: Hook; readonly error: string }
  | { readonly type: 'pong' }
  | { readonly type: 'send'; readonly id: number; readonly message: unknown }
  | { readonly type: 'log'; readonly text: string };

/** What the server knows of a module. */
export interface LoadedModule {
  readonly name: string | undefined;
  readonly onFailure: NonNullable<StoaModule['onFailure']>;
  readonly hooks: readonly Hook[];
}
