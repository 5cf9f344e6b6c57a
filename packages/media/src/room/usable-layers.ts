import type { Source } from '../forwarding/source.ts';
import type { LayerDemand } from './layer-demand.ts';

/** The layers of a stream, from the smallest; without those that do not come while another does, or are too large. */
export function usableLayers(
  layers: readonly LayerDemand[],
  isTooLarge: (source: Source) => boolean,
  now: number,
): LayerDemand[] {
  const [only] = layers;
  if (only !== undefined && layers.length === 1) return isTooLarge(only.source) ? [] : [only];
  const all = layers.filter(({ source }) => !isTooLarge(source));
  const offered = all.filter((layer) => layer.isOffered(now));
  const usable = offered.length === 0 ? all : offered;
  return usable.sort((a, b) => a.source.height - b.source.height || a.bitrate(now) - b.bitrate(now));
}
