/** What those who control a room do with the others. */
import { type RoomMediaState, StoaError } from '@stoa/protocol';
import { withLocks } from './locks.ts';
import type {
  ControlCommand,
  ControlTarget,
  Participant,
  ParticipantKey,
  RoomState,
  RoomStep,
} from './room-state.ts';
import { participantOf, remove, tell, unchanged, withEffects } from './steps.ts';
import { setMuted } from './streams.ts';
import { sees } from './view.ts';

interface Target {
  readonly participant: Participant;
  /** Undefined for all streams. */
  readonly sid: number | undefined;
}

/** @throws StoaError NOT_IN_ROOM, PERMISSION_DENIED or NOT_FOUND */
export function control(state: RoomState, by: ParticipantKey, command: ControlCommand): RoomStep {
  const actor = participantOf(state, by);
  const right = command.action === 'hangup' ? 'hangup' : 'control';
  if (!actor.rights.has(right))
    throw new StoaError('PERMISSION_DENIED', `The user lacks "${right}" in this room.`);
  const targets = targetsOf(state, actor, command.who);
  switch (command.action) {
    case 'mute':
      return targets.reduce((step, target) => mute(step, actor, target, command), unchanged(state));
    case 'hangup': {
      const reason = command.who === undefined ? 'ended' : 'removed';
      return targets.reduce(
        (step, { participant }) => remove(step, participant.key, reason),
        unchanged(state),
      );
    }
    case 'ask': {
      const notice = { type: 'ask', by: actor.address, ask: command.ask } as const;
      return withEffects(
        unchanged(state),
        tell(
          targets.map(({ participant }) => participant),
          notice,
        ),
      );
    }
  }
}

function mute(
  step: RoomStep,
  actor: Participant,
  { participant, sid }: Target,
  { on, audio, video, lock }: Extract<ControlCommand, { action: 'mute' }>,
): RoomStep {
  const to = (state: RoomMediaState): RoomMediaState => {
    // Nobody's microphone is turned on by others: what was locked becomes his own choice again, and he is asked.
    if (!on) return state === 'locked' ? 'muted' : state;
    return lock || state === 'locked' ? 'locked' : 'muted';
  };
  const streams = participant.streams.filter((stream) => sid === undefined || stream.sid === sid);
  const sources = sid === undefined ? (['camera', 'screen'] as const) : streams.map(({ source }) => source);
  const { locks } = step.state;
  const meant = { uid: participant.uid, sources, audio, video };
  const next = on && !lock ? locks : withLocks(locks, meant, on);
  const muted = streams.reduce(
    (before, stream) =>
      setMuted(before, participant.key, stream.sid, {
        audio: audio ? to : undefined,
        video: video ? to : undefined,
      }),
    { ...step, state: { ...step.state, locks: next } },
  );
  if (on) return muted;
  const ask = { what: 'unmute', ...(sid === undefined ? {} : { sid }), audio, video } as const;
  return withEffects(muted, tell([participant], { type: 'ask', by: actor.address, ask }));
}

function targetsOf(
  state: RoomState,
  actor: Participant,
  who: readonly ControlTarget[] | undefined,
): Target[] {
  const all = [...state.participants.values()];
  if (who === undefined) {
    return all.filter(({ key }) => key !== actor.key).map((participant) => ({ participant, sid: undefined }));
  }
  return who.flatMap(({ user, dev, sid }) => {
    const found = all.filter(
      (each) => each.address === user && (dev === undefined || each.dev === dev) && sees(actor, each),
    );
    if (found.length === 0) throw new StoaError('NOT_FOUND', `"${user}" is not in the room.`);
    return found.map((participant) => ({ participant, sid }));
  });
}
