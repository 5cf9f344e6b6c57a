/**
 * What a tab is to the others. Exactly one leads: it holds the lock, the store and the connection. `deadline` is when
 * something has to be done about the silence of others.
 */
export type Role =
  | { readonly name: 'out' }
  /** Waits for a leader to answer, and in the browser's queue for the lock. */
  | { readonly name: 'seeking'; readonly deadline: number }
  /** Waits in the queue, and watches that the leader is alive. `asked`: he has not answered yet. */
  | {
      readonly name: 'following';
      readonly leader: Leader;
      readonly asked: boolean;
      readonly deadline: number;
    }
  /** Has asked for the lock of a leader who does not answer. */
  | { readonly name: 'stealing' }
  | { readonly name: 'leading' };

/** A tab that leads, or has led: the higher term is the later one. */
export interface Leader {
  readonly tab: string;
  readonly term: number;
}

export type RoleEvent =
  | { readonly type: 'join' }
  | { readonly type: 'leave' }
  /** The lock is held. */
  | { readonly type: 'granted' }
  /** The lock was stolen, perhaps before this tab knew that it had it. */
  | { readonly type: 'lost' }
  /** A leader has said something. */
  | { readonly type: 'heard'; readonly leader: Leader; readonly pingMs: number }
  /** This tab must lead, whoever does now. */
  | { readonly type: 'take' }
  | { readonly type: 'deadline' };

/**
 * In this order. `request`: wait for the lock; `steal`: take it; `release`: give it up or do not wait any more; `ask`:
 * have the leader say that he is there; `hello`: join a leader who has not been joined before; `lead`, `cede`: begin
 * and end to lead.
 */
export type RoleEffect = 'cede' | 'release' | 'request' | 'steal' | 'lead' | 'hello' | 'ask';

export interface RoleChange {
  readonly role: Role;
  readonly effects: readonly RoleEffect[];
}

/** How long a leader has to answer. He may be busy, but not for that long. */
export const answerMs = 4_000;
/** A timer that is this late says that the tab itself was asleep: others may have been, too. */
const lateMs = 2_000;

/** The next role. Pure: `now` is the only thing that it knows of the world. */
export function nextRole(role: Role, event: RoleEvent, now: number): RoleChange {
  switch (event.type) {
    case 'join':
      return role.name === 'out' ? seek(now, []) : same(role);
    case 'leave':
      if (role.name === 'out') return same(role);
      return { role: { name: 'out' }, effects: role.name === 'leading' ? ['cede', 'release'] : ['release'] };
    case 'granted':
      return role.name === 'out' || role.name === 'leading'
        ? same(role)
        : { role: { name: 'leading' }, effects: ['lead'] };
    case 'lost':
      if (role.name === 'leading') return seek(now, ['cede']);
      // Others had the same idea: one of them has it.
      return role.name === 'stealing' ? seek(now, []) : same(role);
    case 'heard':
      return heard(role, event.leader, event.pingMs, now);
    case 'take':
      return role.name === 'seeking' || role.name === 'following' ? steal() : same(role);
    case 'deadline':
      return atDeadline(role, now);
  }
}

function same(role: Role): RoleChange {
  return { role, effects: [] };
}

function seek(now: number, before: readonly RoleEffect[]): RoleChange {
  return {
    role: { name: 'seeking', deadline: now + answerMs },
    effects: [...before, 'request', 'ask'],
  };
}

function steal(): RoleChange {
  return { role: { name: 'stealing' }, effects: ['steal'] };
}

function heard(role: Role, leader: Leader, pingMs: number, now: number): RoleChange {
  if (role.name !== 'seeking' && role.name !== 'following') return same(role);
  const following: Role = { name: 'following', leader, asked: false, deadline: now + pingMs };
  if (role.name === 'following') {
    // Every word of his is a sign of life, but not each is worth a timer.
    if (isSame(role.leader, leader)) {
      return same(role.asked || role.deadline - now < pingMs / 2 ? following : role);
    }
    // A leader who was asleep and does not know that he leads no more.
    if (leader.term < role.leader.term) return same(role);
  }
  return { role: following, effects: ['hello'] };
}

function atDeadline(role: Role, now: number): RoleChange {
  if (role.name !== 'seeking' && role.name !== 'following') return same(role);
  const isLate = now - role.deadline >= lateMs;
  if (role.name === 'seeking') {
    return isLate ? { role: { ...role, deadline: now + answerMs }, effects: ['ask'] } : steal();
  }
  if (role.asked && !isLate) return steal();
  return { role: { ...role, asked: true, deadline: now + answerMs }, effects: ['ask'] };
}

function isSame(a: Leader, b: Leader): boolean {
  return a.tab === b.tab && a.term === b.term;
}
