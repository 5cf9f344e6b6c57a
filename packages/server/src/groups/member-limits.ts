import type { GroupMember, GroupPin, MemberCalls } from '@stoa/storage';

/** What is named of limits: `stay` in seconds, 0 for without end; what is absent stays as it is. */
export interface LimitsChange {
  readonly calls?: MemberCalls;
  readonly stay?: number;
}

type MemberLimits = Pick<GroupMember, 'calls' | 'until'>;
type PinLimits = Pick<GroupPin, 'calls' | 'stay'>;

/** A member's limits with those replaced that are named. */
export function limitsAfter({ calls, until }: MemberLimits, change: LimitsChange, now: number): MemberLimits {
  const { stay } = change;
  const end = stay === undefined ? until : stay === 0 ? undefined : now + stay * 1000;
  return {
    ...callsOf(change.calls ?? calls),
    ...(end === undefined ? {} : { until: end }),
  };
}

/** Those that whoever joins with a PIN gets. */
export function pinLimitsAfter(
  pin: PinLimits,
  { calls = pin.calls, stay = pin.stay }: LimitsChange,
): PinLimits {
  return { ...callsOf(calls), ...(stay === undefined || stay === 0 ? {} : { stay }) };
}

/** Whether something is named that is otherwise now. */
export function changesLimits(before: MemberLimits, { calls, stay }: LimitsChange): boolean {
  const [is, was] = [callsOf(calls).calls, callsOf(before.calls).calls];
  const isOther = calls !== undefined && names.some((name) => is?.[name] !== was?.[name]);
  return isOther || (stay !== undefined && (stay !== 0 || before.until !== undefined));
}

/** Whether a membership has not ended by its time. */
export const isMember = ({ until }: Pick<GroupMember, 'until'>, now: number): boolean =>
  until === undefined || until > now;

/** Without what is no limit. */
function callsOf(calls: MemberCalls = {}): { calls?: MemberCalls } {
  const named = names.flatMap((name) => {
    const value = calls[name] ?? 0;
    return value === 0 ? [] : [[name, value] as const];
  });
  return named.length === 0 ? {} : { calls: Object.fromEntries(named) };
}

const names = ['callFlags', 'callDuration', 'videoResolution'] as const;
