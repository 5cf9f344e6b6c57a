import { allocate, bitrateForAll, type Wish } from '../bandwidth/allocator.ts';
import type { Slot } from '../forwarding/slot.ts';
import type { ReceiveTransport } from '../transport/receive-transport.ts';
import type { LayerDemand } from './layer-demand.ts';
import type { View } from './room-types.ts';

/** A slot in use, with the layers that could be shown in it, from the smallest. */
export interface ViewedSlot {
  readonly slot: Slot;
  readonly view: View;
  readonly layers: readonly LayerDemand[];
}

/** What a voice that is silent takes of a viewer's bitrate at least, since it may begin, and what the others grow by. */
const quietVoice = 8000;
const headroom = 1.2;

/** Chooses a layer for every slot of a viewer, within what the viewer's path takes. */
export function chooseLayers(
  receiver: Pick<ReceiveTransport, 'bitrate' | 'setDemand'>,
  viewed: readonly ViewedSlot[],
  now: number,
): void {
  const video: (ViewedSlot & { readonly wish: Wish })[] = [];
  let sound = 0;
  for (const { slot, view, layers } of viewed) {
    if (slot.kind === 'audio') {
      const [layer] = layers;
      slot.show(layer?.source);
      if (layer !== undefined) sound += Math.max(quietVoice, headroom * layer.bitrate(now));
      continue;
    }
    const { height = Number.POSITIVE_INFINITY, isScreen = false } = view;
    const described = layers.map((layer) => ({ bitrate: layer.bitrate(now), height: layer.source.height }));
    const shown = layers.findIndex(({ source }) => source === slot.shown);
    video.push({ slot, view, layers, wish: { isScreen, height, layers: described, shown } });
  }
  const wishes = video.map(({ wish }) => wish);
  const chosen = allocate(wishes, receiver.bitrate - sound);
  let spent = 0;
  for (const [index, { slot, layers }] of video.entries()) {
    const layer = layers[chosen[index] ?? -1];
    slot.show(layer?.source);
    spent += layer?.bitrate(now) ?? 0;
  }
  // Sound has its share first: what is looked for has room for both.
  receiver.setDemand(spent, sound + bitrateForAll(wishes));
}
