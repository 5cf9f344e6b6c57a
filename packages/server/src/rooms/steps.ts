/** What all that happens in a room is made of. Each function takes a step on, and returns the one after it. */
import { type RoomEndReason, type RoomNotice, StoaError } from '@stoa/protocol';
import { recount } from './counting.ts';
import type { Participant, ParticipantKey, RoomEffect, RoomState, RoomStep } from './room-state.ts';
import { audience, participantInfo, sees } from './view.ts';

export function unchanged(state: RoomState): RoomStep {
  return { state, effects: [] };
}

/** @throws StoaError NOT_IN_ROOM */
export function participantOf(state: RoomState, key: ParticipantKey): Participant {
  const found = state.participants.get(key);
  if (found === undefined) throw new StoaError('NOT_IN_ROOM');
  return found;
}

export function withEffects(step: RoomStep, ...effects: readonly RoomEffect[]): RoomStep {
  return { state: step.state, effects: [...step.effects, ...effects] };
}

/** Changes a participant in silence. */
export function put(state: RoomState, participant: Participant): RoomState {
  return { ...state, participants: state.participants.put(participant) };
}

/** Changes a participant, or adds one, and tells everybody who sees it; who sees it no more is told that it has left. */
export function change(step: RoomStep, participant: Participant): RoomStep {
  const before = step.state.participants.get(participant.key);
  const state = put(step.state, participant);
  const seen = audience(state, participant).map(({ key }) => key);
  const vanished =
    before === undefined || before.streams.length === 0
      ? []
      : audience(state, before).flatMap((viewer) => (sees(viewer, participant) ? [] : viewer.key));
  const info = participantInfo(participant);
  const told = tellCounted({ state, effects: step.effects }, seen, (rev) => ({
    type: 'participant',
    rev,
    participant: info,
  }));
  return tellLeft(told, vanished, participant, 'left');
}

export function tellLeft(
  step: RoomStep,
  to: readonly ParticipantKey[],
  { address, dev }: Participant,
  reason: RoomEndReason,
): RoomStep {
  return tellCounted(step, to, (rev) => ({ type: 'left', rev, user: address, dev, reason }));
}

/** Tells of participants: each who is told counts it, and notices when something was lost. */
function tellCounted(
  step: RoomStep,
  to: readonly ParticipantKey[],
  notice: (rev: number) => RoomNotice,
): RoomStep {
  if (to.length === 0) return step;
  let { participants } = step.state;
  // Those who were told equally often get the same bytes.
  const byRev = new Map<number, Participant[]>();
  for (const key of to) {
    const viewer = participants.get(key);
    if (viewer === undefined) continue;
    const rev = viewer.rev + 1;
    participants = participants.put({ ...viewer, rev });
    const equal = byRev.get(rev);
    if (equal === undefined) byRev.set(rev, [viewer]);
    else equal.push(viewer);
  }
  const effects = [...byRev].map(([rev, viewers]): RoomEffect => tell(viewers, notice(rev)));
  return { state: { ...step.state, participants }, effects: [...step.effects, ...effects] };
}

export function tell(viewers: readonly Participant[], notice: RoomNotice): RoomEffect {
  return { type: 'tell', to: viewers.map(({ uid, dev }) => ({ uid, dev })), notice };
}

/** What everybody who listens to others by themselves is sent has to be looked at anew. */
export function rewatch(state: RoomState, except: ParticipantKey): RoomEffect[] {
  return [...state.participants.values()]
    .filter(({ key, wishes }) => key !== except && wishes !== undefined)
    .map(({ key }) => ({ type: 'watch', key }));
}

/** Players show somebody else when who has the floor has changed. */
export function rewatchPlayers({ participants }: RoomState): RoomEffect[] {
  return [...participants.values()]
    .filter(({ plays }) => plays !== undefined)
    .map(({ key }) => ({ type: 'watch', key }));
}

/** A participant is not in the room any more. */
export function remove(step: RoomStep, key: ParticipantKey, reason: RoomEndReason): RoomStep {
  const participant = step.state.participants.get(key);
  if (participant === undefined) return step;
  const viewers = audience(step.state, participant).filter((viewer) => viewer.key !== key);
  const participants = step.state.participants.remove(key);
  const left = tellLeft(
    { state: recount({ ...step.state, participants }), effects: step.effects },
    viewers.map((viewer) => viewer.key),
    participant,
    reason,
  );
  const shown = participant.streams.length > 0 ? rewatchPlayers(left.state) : [];
  return withEffects(left, tell([participant], { type: 'ended', reason }), { type: 'gone', key }, ...shown);
}
