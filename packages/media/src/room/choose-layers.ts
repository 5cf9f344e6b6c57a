import { allocate, bitrateForAll, inOrder, largestUseful, type Wish } from '../bandwidth/allocator.ts';
import type { Slot } from '../forwarding/slot.ts';
import type { ReceiveTransport } from '../transport/receive-transport.ts';
import type { LayerDemand } from './layer-demand.ts';
import type { View } from './room-types.ts';

/** A slot in use, with the layers that could be shown in it, from the smallest. */
export interface ViewedSlot {
  readonly mid: string;
  readonly slot: Slot;
  readonly view: View;
  readonly layers: readonly LayerDemand[];
}

/** What a voice that is silent takes of a viewer's bitrate at least, since it may begin, and what the others grow by. */
const quietVoice = 8000;
const headroom = 1.2;
/** A path whose estimate has not fallen for so long may take more: that is just being found out. */
const narrowMs = 30_000;

/** What a viewer is not sent because his path does not take it. */
export interface Shortage {
  /** M-lines that show nothing, though somebody publishes what they are to show. */
  readonly paused: readonly string[];
  /** Some pictures are smaller than they are seen, or there are none. */
  readonly isOn: boolean;
}

export const noShortage: Shortage = { paused: [], isOn: false };

/** Chooses a layer for every slot of a viewer, within what the viewer's path takes. */
export function chooseLayers(
  receiver: Pick<ReceiveTransport, 'bitrate' | 'setDemand' | 'starvation'> & {
    readonly estimator: Pick<
      ReceiveTransport['estimator'],
      'fellAt' | 'queuedAt' | 'delivered' | 'hasFeedback'
    >;
  },
  viewed: readonly ViewedSlot[],
  now: number,
): Shortage {
  const video: (ViewedSlot & { readonly wish: Wish })[] = [];
  // With what is kept for voices, and as it comes.
  let sound = 0;
  let heard = 0;
  for (const { mid, slot, view, layers } of viewed) {
    if (slot.kind === 'audio') {
      const [layer] = layers;
      slot.show(layer?.source);
      if (layer === undefined) continue;
      heard += layer.bitrate(now);
      sound += Math.max(quietVoice, headroom * layer.bitrate(now));
      continue;
    }
    const { height = Number.POSITIVE_INFINITY, isScreen = false } = view;
    const described = layers.map((layer) => ({ bitrate: layer.bitrate(now), height: layer.source.height }));
    const shown = layers.findIndex(({ source }) => source === slot.shown);
    video.push({ mid, slot, view, layers, wish: { isScreen, height, layers: described, shown } });
  }
  const wishes = video.map(({ wish }) => wish);
  const left = receiver.bitrate - sound;
  const { starvation, bitrate, estimator } = receiver;
  const starves = starvation.at(now);
  const first = inOrder(wishes)[0]?.index ?? -1;
  const possible =
    starves === 'for a time' ? wishes.map((wish, index) => (index === first ? without(wish) : wish)) : wishes;
  // Where no probe finds room, it has to be tried.
  const isTried = starves === 'until there is room' && !estimator.hasFeedback;
  const chosen = allocate(possible, left, starves === 'no' || isTried);
  let spent = 0;
  const paused: string[] = [];
  let isLess = false;
  for (const [index, { mid, slot, layers, wish }] of video.entries()) {
    const at = chosen[index] ?? -1;
    const layer = layers[at];
    slot.show(layer?.source);
    spent += layer?.bitrate(now) ?? 0;
    if (wish.height === 0 || layers.length === 0) continue;
    if (layer === undefined) paused.push(mid);
    isLess ||= at < largestUseful(wish);
  }
  if ((chosen[first] ?? -1) < 0) starvation.showsNothing();
  else {
    const { fellAt, queuedAt } = estimator;
    const delivered = estimator.delivered(now);
    starvation.shows({ needed: heard + spent, bitrate, fellAt, queuedAt, delivered }, now);
  }
  // Sound has its share first: what is looked for has room for both.
  receiver.setDemand(spent, sound + bitrateForAll(wishes));
  const isOn = paused.length > 0 || (isLess && now - estimator.fellAt < narrowMs);
  return { paused, isOn };
}

function without(wish: Wish): Wish {
  return { ...wish, layers: [] };
}
