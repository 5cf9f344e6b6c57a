/** How those who do not see everybody learn how many there are. */
import { isOverseer } from './people.ts';
import type { RoomEffect, RoomState, RoomStep } from './room-state.ts';

/** Somebody has come or gone. */
export function recount(state: RoomState): RoomState {
  return state.counted.isTrue ? { ...state, counted: { ...state.counted, isTrue: false } } : state;
}

/** Tells how many there are, if that is not known: once a second, and in large rooms less often, for all of them together. */
export function tellCount(step: RoomStep, now: number): RoomStep {
  const { participants, counted } = step.state;
  const count = participants.size;
  if (counted.isTrue || now < counted.at + Math.max(leastMs, count * perViewerMs)) return step;
  const to = [...participants.values()].filter((viewer) => !isOverseer(viewer));
  const told: RoomEffect[] =
    to.length === 0
      ? []
      : [
          {
            type: 'tell',
            to: to.map(({ uid, dev }) => ({ uid, dev })),
            notice: { type: 'count', count },
          },
        ];
  return {
    state: { ...step.state, counted: { at: now, isTrue: true } },
    effects: [...step.effects, ...told],
  };
}

/** A little less than the second between two looks. */
const leastMs = 900;
/** A thousand notices a second for a room at the most. */
const perViewerMs = 1;
