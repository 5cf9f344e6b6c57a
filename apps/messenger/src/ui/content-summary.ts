import type { LocalMessage } from '@stoa/client';

/** What a message says, in one line of text. */
export function contentSummary({ content, status }: LocalMessage): string {
  if (content === undefined) return status === 'expired' ? 'This message expired' : 'Empty message';
  if (content.text !== undefined && content.text !== '') return content.text;
  if (content.title !== undefined && content.title !== '') return content.title;
  if (content.file !== undefined) return `File: ${content.file.name ?? content.file.url}`;
  if (content.latitude !== undefined && content.longitude !== undefined) {
    return `Location: ${content.latitude.toFixed(5)}, ${content.longitude.toFixed(5)}`;
  }
  return content.data === undefined ? 'Empty message' : `Data, ${content.data.length} bytes`;
}
