import { fileKindOf, type LocalMessage } from '@stoa/client';
import type { Content } from '@stoa/protocol';
import { callLogText } from '../calls/call-words.ts';
import { shownSeconds } from '../notes/shown-seconds.ts';

/** What a message says, in one line of text. */
export function contentSummary({ content, gone, outgoing, status }: LocalMessage): string {
  if (gone === 'recalled') return outgoing ? 'You deleted this message' : 'This message was deleted';
  if (content === undefined) return status === 'expired' ? 'This message expired' : 'This message is gone';
  if (content.call !== undefined) return callLogText(content.call, outgoing);
  if (content.poll !== undefined) return `Poll: ${content.poll.question}`;
  if (content.text !== undefined && content.text !== '') return content.text;
  if (content.title !== undefined && content.title !== '') return content.title;
  if (content.file !== undefined) return fileSummary(content.file);
  if (content.latitude !== undefined && content.longitude !== undefined) {
    return `Location: ${content.latitude.toFixed(5)}, ${content.longitude.toFixed(5)}`;
  }
  const [contact] = content.contacts ?? [];
  if (contact !== undefined) return `Contact: ${contact.name}`;
  return content.data === undefined ? 'Empty message' : `Data, ${content.data.length} bytes`;
}

const kindNames = { image: 'Picture', video: 'Video', audio: 'Audio', other: 'File' } as const;

function fileSummary({ id, mime = '', name, url, note, duration = 0 }: NonNullable<Content['file']>): string {
  if (note === true && id !== undefined) {
    return `${mime.startsWith('video/') ? 'Video' : 'Voice'} note, ${shownSeconds(duration)}`;
  }
  return `${kindNames[id === undefined ? 'other' : fileKindOf(mime)]}: ${name ?? url}`;
}
