import type { LocalConversation } from '@stoa/client';
import { limits } from '@stoa/protocol';
import type { Person } from '../session/demo-api.ts';

export interface Contacts {
  readonly chats: readonly LocalConversation[];
  /** People with whom there is no chat yet. */
  readonly people: readonly Person[];
  /** What was typed, when it can be an address and is nobody in the lists. */
  readonly address: string | undefined;
}

/** Chats and people whose name or address contains the words typed, and the typed address itself. */
export function findContacts(
  conversations: readonly LocalConversation[],
  people: readonly Person[],
  typed: string,
  self: string,
): Contacts {
  const query = typed.trim().toLocaleLowerCase();
  const fits = (address: string, name: string): boolean =>
    address.toLocaleLowerCase().includes(query) || name.toLocaleLowerCase().includes(query);
  const known = new Set(conversations.map(({ target }) => addressOf(target)));
  const address = typed.trim();
  const isKnown = known.has(address) || people.some((person) => person.address === address);
  return {
    chats: conversations.filter(({ target, name }) => fits(addressOf(target), name)),
    people: people.filter((person) => {
      return person.address !== self && !known.has(person.address) && fits(person.address, person.name);
    }),
    address: isAddress(address) && !isKnown && address !== self ? address : undefined,
  };
}

function addressOf(target: LocalConversation['target']): string {
  return 'peer' in target ? target.peer : '';
}

function isAddress(text: string): boolean {
  return text !== '' && text.length <= limits.addressLength && !/\p{Cc}/u.test(text);
}
