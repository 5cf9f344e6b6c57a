import type { Source } from '../forwarding/source.ts';

/** From a layer on which nothing has come for so long, another is better. */
const silentMs = 1500;

/** The layer to record: the largest that comes. The one that is recorded stays while none is larger. */
export function chooseSource(
  sources: Iterable<Source>,
  recorded: Source | undefined,
  now: number,
): Source | undefined {
  const coming = [...sources].filter(({ reception }) => now - reception.lastAt < silentMs);
  const [largest] = coming.sort((a, b) => b.height - a.height || b.bitrate(now) - a.bitrate(now));
  if (largest === undefined) return recorded;
  const stays = recorded !== undefined && coming.includes(recorded) && recorded.height >= largest.height;
  return stays ? recorded : largest;
}
