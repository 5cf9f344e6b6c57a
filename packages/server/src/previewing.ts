import type { Clock } from './clock.ts';
import { isSmallPicture } from './files/index.ts';
import { TokenBuckets } from './limits/index.ts';
import { Previews, previewOperations, publicReach, type Reach } from './previews/index.ts';
import type { Settings } from './settings/index.ts';
import type { SessionServices } from './socket/session.ts';

/** Joins previews of links with the rest of a node; nothing when they are switched off. */
export function previewing(
  { linkPreviews, linkPreviewsPerMinute }: Pick<Settings, 'linkPreviews' | 'linkPreviewsPerMinute'>,
  clock: Clock,
  /** Default: the web. */
  reach: Reach = publicReach,
): Pick<SessionServices['operations'], 'links.preview'> {
  if (!linkPreviews) return {};
  const capacity = linkPreviewsPerMinute === 0 ? Number.MAX_SAFE_INTEGER : linkPreviewsPerMinute;
  const rate = new TokenBuckets({ capacity, fillMs: 60_000, now: () => clock.now() });
  const previews = new Previews({ reach, clock, rate, isPicture: isSmallPicture });
  return previewOperations(previews);
}
