import type { Profile, ProfileChange } from '@stoa/client';
import type { Audience, PresenceAudience, PresenceMode } from '@stoa/protocol';

/** What the form for the own profile shows. */
export interface ProfileFormValues {
  readonly name: string;
  readonly status: string;
  readonly searchable: boolean;
  readonly visibility: Readonly<
    Record<'status' | 'picture', Audience> & Record<'online' | 'seen', PresenceAudience>
  >;
  readonly presence: PresenceMode;
}

/** Only what differs: an app may forbid a user to choose some of it, and he can still change the rest. */
export function profileChange(before: Profile, values: ProfileFormValues): ProfileChange {
  const { name, status, searchable, presence } = values;
  const shown = Object.entries(values.visibility).filter(
    ([what, audience]) =>
      audienceKey(before.visibility?.[what as keyof ProfileFormValues['visibility']] ?? 'everybody') !==
      audienceKey(audience),
  );
  const was = before.presence ?? { mode: 'foreground' };
  const isSamePresence = was.mode === presence.mode && (was.online ?? true) === (presence.online ?? true);
  return {
    ...(name !== before.name && { name }),
    ...(status !== (before.status ?? '') && { status }),
    ...(searchable !== (before.searchable ?? false) && { searchable }),
    ...(shown.length > 0 && { visibility: Object.fromEntries(shown) }),
    ...(!isSamePresence && { presence }),
  };
}

/** A text of its own for each audience. */
export const audienceKey = (audience: PresenceAudience): string =>
  typeof audience === 'object' ? `group:${audience.group}` : String(audience);
