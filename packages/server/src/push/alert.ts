import type { MessagePreview, PushData } from './note.ts';

/** What a notification shows that a phone makes by itself. */
export interface Alert {
  readonly title: string;
  readonly body: string;
}

/** Undefined for what is not to be shown. */
export function alertOf(data: PushData): Alert | undefined {
  if (data.type !== 'message') {
    if (data.type === 'call-ended') return undefined;
    return { title: data.name || data.from, body: data.video ? 'Video call' : 'Voice call' };
  }
  const { about, preview } = data;
  if (about === undefined) return { title: 'New message', body: '' };
  const sender = about.name || about.from;
  const words = preview?.text ?? kinds[preview?.kind ?? 'text'];
  return about.group === undefined
    ? { title: sender, body: words }
    : { title: about.group.name, body: `${sender}: ${words}` };
}

const kinds: Readonly<Record<NonNullable<MessagePreview['kind']> | 'text', string>> = {
  text: 'New message',
  picture: 'Picture',
  video: 'Video',
  audio: 'Voice message',
  file: 'File',
  location: 'Location',
  call: 'Call',
  'missed-call': 'Missed call',
};
