import type { Subscription } from '@stoa/bus';
import type { CallLog } from '@stoa/protocol';
import type { CallState } from './call-state.ts';

/** A call that this node is responsible for. */
export interface OwnCall {
  state: CallState;
  /** How often it has moved: of two nodes that both believe to be responsible, the one that has seen more is. */
  steps: number;
  readonly subscriptions: readonly Subscription[];
  /** The message that could not be stored yet. */
  unwritten: CallLog | undefined;
  /** When an ended call need not be remembered any more. */
  forgetAt: number;
}

/** Steps as nodes tell each other. Of a call that has ended, somebody was told so: nothing can come after that. */
export function weightOf({ state, steps }: Pick<OwnCall, 'state' | 'steps'>): number {
  return state.phase === 'ended' ? Number.MAX_SAFE_INTEGER : steps;
}

interface Claimant {
  readonly node: string;
  readonly steps: number;
}

/** Whether, of two nodes that both believe to be responsible, the first one is. */
export function knowsMore(one: Claimant, other: Claimant): boolean {
  return one.steps > other.steps || (one.steps === other.steps && one.node < other.node);
}
