import { type Content, defineModule } from '@stoa/server/module';

/** Words that are covered with stars, separated by commas: STOA_MODULE_BLOCKED_WORDS. */
const words = (process.env.STOA_MODULE_BLOCKED_WORDS ?? 'damn')
  .split(',')
  .map((word) => word.trim())
  .filter((word) => word !== '');
const escaped = words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join('|')})(?![\\p{L}\\p{N}])`, 'giu');

const covered = (text: string): string => text.replaceAll(pattern, (word) => '*'.repeat(word.length));

/** Hides words in messages, also when they come in by an edit. Without it nothing is to be said: it refuses when it fails. */
export const module = defineModule({
  name: 'word filter',
  onFailure: 'refuse',
  onMessage({ content }) {
    if (words.length === 0) return 'pass';
    const change: Content = { ...content };
    for (const field of ['text', 'title', 'subtitle', 'footer'] as const) {
      const said = content[field];
      if (said !== undefined) change[field] = covered(said);
    }
    return { change };
  },
});
