import type { Content } from '@stoa/protocol';
import { mentionsIn } from '../timeline/mentions.ts';
import type { MentionablePeople } from './use-mentionable.ts';

/** Makes of a text what is sent: in a group it may call upon members, and, by who may, upon all of them. */
export function saying(text: string, { isGroup, mayCallAll, people }: MentionablePeople): Content {
  const known = people.map(({ user }) => user);
  const mentions = isGroup ? mentionsIn(text, mayCallAll, known) : [];
  return { text, ...(mentions.length > 0 && { mentions }) };
}
