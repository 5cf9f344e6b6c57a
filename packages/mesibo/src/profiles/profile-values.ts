import type { ConversationMark } from '@stoa/client';

export type ProfileValue = string | number | boolean;

/** Marks that a user sets on his own copy of a profile. */
export type ProfileMark = 'private' | 'subscribed';

/** How the user arranges his conversations, on all of his devices. */
export type Arrangement = ConversationMark | 'muted';

/** What this device keeps of a profile. */
export interface SavedProfile {
  name?: string;
  /** Shown instead of the name. */
  overrideName?: string;
  image?: string;
  marks?: Partial<Record<ProfileMark, boolean>>;
  values?: Record<string, ProfileValue>;
  /** Of the own profile: which access level values are for, until they are published. */
  levels?: Record<string, number>;
}

/** Reads what was saved as text; empty when there is nothing, or nothing usable. */
export function parseSavedProfile(text: string | undefined): SavedProfile {
  try {
    const saved: unknown = text === undefined ? undefined : JSON.parse(text);
    return typeof saved === 'object' && saved !== null ? saved : {};
  } catch {
    return {};
  }
}
