import type { Content } from '@stoa/protocol';
import type { MessagePreview } from './note.ts';

/** What a note says of a message: the beginning of its text, and what it is. */
export function previewOf(content: Content): MessagePreview {
  const { text = '', title = '', file, latitude, longitude, call } = content;
  const words = text.trim() || title.trim();
  const kind =
    file !== undefined
      ? kindOfFile(file.mime ?? '')
      : call !== undefined
        ? call.outcome === 'missed'
          ? 'missed-call'
          : 'call'
        : latitude !== undefined && longitude !== undefined
          ? 'location'
          : undefined;
  return {
    ...(words === '' ? {} : { text: shortened(words, longestText) }),
    ...(kind === undefined ? {} : { kind }),
  };
}

function kindOfFile(mime: string): MessagePreview['kind'] {
  if (mime.startsWith('image/')) return 'picture';
  if (mime.startsWith('video/')) return 'video';
  return mime.startsWith('audio/') ? 'audio' : 'file';
}

/** Cut between characters: half of one cannot be sent. */
export function shortened(text: string, maximumLength: number): string {
  if (text.length <= maximumLength) return text;
  return `${text
    .slice(0, maximumLength)
    .toWellFormed()
    .replace(/\uFFFD$/, '')
    .trimEnd()}…`;
}

/** Whatever its characters, it fits into a push message with all that is beside it. */
const longestText = 240;
