/** What a user keeps from somebody by his own choice: that he is online, when he was, or nothing. */
export interface KeptPresence {
  readonly keeps: 'online' | 'seen' | 'nothing';
  /** The groups for whose members he has chosen to be seen, whether or not this somebody is one. */
  readonly groups: readonly number[];
}

/** What the rules of the app let somebody see of a user. */
export interface AllowedSight {
  /** Whether he is online, and when he was: `online` for the former alone. */
  readonly sees: boolean | 'online';
  /** The groups for whose members alone the user is to be seen, whether or not this somebody is one. */
  readonly groups: readonly number[];
}

export interface SightOptions {
  /** What somebody of his app may see of the user. */
  readonly maySee: (uid: number, address: string) => Promise<AllowedSight>;
  readonly hidden?: (uid: number, address: string) => Promise<KeptPresence>;
}

/** What somebody is told of a user: all, only whether he is online, or nothing. */
export type Sight = 'all' | 'online' | 'nothing';

export interface FoundSight {
  readonly sight: Sight;
  /** All whose members made a difference. */
  readonly groups: readonly number[];
  /** Those that the user has chosen; absent when he was not asked. */
  readonly chosen?: readonly number[];
}

/** What somebody sees of the user, and which groups made a difference. */
export async function sightOf(
  { maySee, hidden }: SightOptions,
  uid: number,
  { address }: { readonly address: string },
): Promise<FoundSight> {
  const { sees, groups: ruled } = await maySee(uid, address);
  if (sees === false) return { sight: 'nothing', groups: ruled };
  const { keeps, groups: chosen } = (await hidden?.(uid, address)) ?? { keeps: 'nothing', groups: [] };
  const groups = [...ruled, ...chosen];
  if (keeps === 'online') return { sight: 'nothing', groups, chosen };
  return { sight: keeps === 'seen' || sees === 'online' ? 'online' : 'all', groups, chosen };
}
