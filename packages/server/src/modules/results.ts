import { type Content, requirePlainContent } from '@stoa/protocol';
import type { MessageResult } from './public.ts';

/** What a module has decided about a message. */
export type Decision =
  | { readonly does: 'pass' }
  | { readonly does: 'consume' }
  | { readonly does: 'refuse'; readonly text: string }
  | { readonly does: 'change'; readonly content: Content }
  | {
      readonly does: 'reply';
      readonly content: Content;
      readonly from: string | undefined;
      readonly consume: boolean;
    };

/** Reads what a module has returned; undefined when it is nothing that it may return. */
export function decisionOf(result: unknown): Decision | undefined {
  if (result === undefined || result === null || result === 'pass') return { does: 'pass' };
  if (result === 'consume') return { does: 'consume' };
  if (typeof result !== 'object') return undefined;
  const { refuse, change, reply, from, consume } = result as Partial<
    Record<'refuse' | 'change' | 'reply' | 'from' | 'consume', unknown>
  > satisfies Partial<Record<keyof Exclude<MessageResult, string | undefined>, unknown>>;
  if (typeof refuse === 'string') return { does: 'refuse', text: refuse.slice(0, 500) };
  if (isContent(change)) return { does: 'change', content: change };
  const content = typeof reply === 'string' ? { text: reply } : reply;
  if (!isContent(content) || (from !== undefined && typeof from !== 'string')) return undefined;
  return { does: 'reply', content, from, consume: consume === true };
}

export function isContent(value: unknown): value is Content {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  try {
    requirePlainContent(value);
    return true;
  } catch {
    return false;
  }
}
