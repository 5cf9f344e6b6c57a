import type { Group, GroupChange, GroupMember, Groups } from '@stoa/client';
import { adminFlags, StoaError } from '@stoa/protocol';
import {
  MESIBO_GROUPERROR_ACCESSDENIED,
  MESIBO_GROUPERROR_BADPIN,
  MESIBO_GROUPERROR_DELETED,
  MESIBO_GROUPERROR_GENERAL,
  MESIBO_GROUPERROR_NOTMEMBER,
  MESIBO_GROUPERROR_NOTSHAREDPIN,
  MESIBO_GROUPERROR_PERMISSION,
} from '../constants/group.ts';
import { MESIBO_RESULT_OK } from '../constants/result.ts';
import type { Context } from '../context.ts';
import { internal } from '../internal.ts';
import { type CallbackName, guarded, invoke, type ListenerOf } from '../listeners.ts';
import { MesiboProfile } from '../profiles/profile.ts';
import {
  fromMesiboSettings,
  MesiboGroupMember,
  type MesiboGroupSettings,
  toMesiboPermissions,
  toMesiboPin,
  toMesiboSettings,
} from './group-objects.ts';

/** What is passed to a function about groups: an object with callbacks, or a function that gets the result. */
export type GroupListener = object | null | undefined;

/** The groups of one instance: what is asked of the server, and what the application is told about them. */
export class MesiboGroups {
  private readonly context: Context;
  /** What this instance is doing itself, and reports when it is done. */
  private creating = 0;
  private readonly joining = new Set<number>();

  constructor(context: Context) {
    this.context = context;
  }

  create(settings: MesiboGroupSettings, listener: GroupListener): number {
    const { profiles } = this.context;
    // A group that does not exist must not turn up among the profiles.
    const unborn = new MesiboProfile(this.context, profiles, '', 0);
    unborn.setTemporaryName(settings.name ?? '');
    return this.ask(unborn, listener, async (groups) => {
      this.creating += 1;
      try {
        const { name = '', ...rest } = fromMesiboSettings(settings);
        const profile = this.learn(await groups.create({ name, ...rest }));
        this.report('GroupCreated', listener, [profile], [profile]);
      } finally {
        this.creating -= 1;
      }
    });
  }

  join(profile: MesiboProfile, pin: number | undefined, listener: GroupListener): number {
    return this.ask(profile, listener, async (groups) => {
      const { groupid } = profile;
      this.joining.add(groupid);
      try {
        const group = await groups.join(groupid, pin);
        // Else somebody has to let the user in, and an event tells of it.
        if (group !== undefined) this.report('GroupJoined', listener, [this.learn(group)], [profile]);
      } finally {
        this.joining.delete(groupid);
      }
    });
  }

  /** Reads the settings, and for those who may see them the PINs. */
  settings(profile: MesiboProfile, listener: GroupListener): number {
    return this.ask(profile, listener, (groups) => this.tellSettings(groups, profile, listener));
  }

  /** Changes something, then reads the settings. */
  change(
    profile: MesiboProfile,
    listener: GroupListener,
    work: (groups: Groups, gid: number) => Promise<unknown>,
  ): number {
    return this.ask(profile, listener, async (groups) => {
      await work(groups, profile.groupid);
      await this.tellSettings(groups, profile, listener);
    });
  }

  /** `count` 0: all of them, from the beginning. */
  members(profile: MesiboProfile, count: number, restart: boolean, listener: GroupListener): number {
    return this.ask(profile, listener, async (groups) => {
      const found =
        count > 0
          ? await nextMembers(groups, profile, { count, restart })
          : await allMembers(groups, profile.groupid);
      const { profiles } = this.context;
      const members = found.map((member) => new MesiboGroupMember(profiles.user(member.user), member));
      this.report('GroupMembers', listener, [profile, members], [members]);
    });
  }

  /** Asks for something whose result an event tells. */
  ask(
    profile: MesiboProfile,
    listener: GroupListener,
    work: (groups: Groups, gid: number) => Promise<unknown>,
  ): number {
    this.context
      .whenClient()
      .then((client) => work(client.groups, profile.groupid))
      .catch((error: unknown) => this.failed(profile, listener, error));
    return MESIBO_RESULT_OK;
  }

  /** All groups of the user become profiles. */
  async learnAll(groups: Groups): Promise<void> {
    const own = await groups.list();
    for (const group of own) this.learn(group);
    this.context.profiles.activeGroups(new Set(own.map(({ gid }) => gid)));
  }

  /** Something about a group has changed. */
  changed({ gid, event, by, group, reason, members = [], removed = [] }: GroupChange): void {
    const { profiles } = this.context;
    const known = profiles.group(gid)[internal].group;
    // What is the user's own is left out when it has not changed; what else is missing has been removed.
    const now = group && (group.role === undefined ? { ...ownPart(known), ...group } : group);
    const profile = now === undefined ? profiles.group(gid) : this.learn(now);
    if (event === 'joined') {
      const isOwn = by === profiles.self.address && (this.creating > 0 || this.joining.has(gid));
      if (!isOwn) this.report('GroupJoined', null, [profile]);
    } else if (event === 'left' && reason === 'denied') {
      this.report('GroupError', null, [profile, MESIBO_GROUPERROR_ACCESSDENIED]);
    } else if (event === 'left') {
      profile[internal].group = undefined;
      profile[internal].isActive = false;
      this.report('GroupLeft', null, [profile]);
    } else if (event === 'changed' && now !== undefined) {
      this.report('GroupSettings', null, [profile, ...this.settingsOf(now), null]);
    } else if (event === 'members') {
      const joined = members.map((member) => new MesiboGroupMember(profiles.user(member.user), member));
      const gone = removed.map((address) => new MesiboGroupMember(profiles.user(address)));
      if (joined.length > 0) this.report('GroupMembersJoined', null, [profile, joined]);
      if (gone.length > 0) this.report('GroupMembersRemoved', null, [profile, gone]);
    }
  }

  private async tellSettings(groups: Groups, profile: MesiboProfile, listener: GroupListener): Promise<void> {
    const group = await groups.get(profile.groupid);
    this.learn(group);
    const maySeePins = ((group.admin ?? 0) & (adminFlags.listPin | adminFlags.owner)) !== 0;
    const pins = maySeePins ? (await groups.pins(profile.groupid)).map(toMesiboPin) : null;
    const [settings, permissions] = this.settingsOf(group);
    this.report('GroupSettings', listener, [profile, settings, permissions, pins], [settings]);
  }

  private settingsOf(group: Group) {
    const now = this.context.client?.serverTime() ?? Date.now();
    return [toMesiboSettings(group, now), toMesiboPermissions(group, now)] as const;
  }

  /** What the server says of a group. */
  learn(group: Group): MesiboProfile {
    const { profiles } = this.context;
    const profile = profiles.group(group.gid);
    const before = profile[internal].group;
    profile[internal].group = group.role === undefined ? undefined : group;
    profile[internal].isActive = group.role !== undefined;
    profiles.named(profile, group.name);
    const isOther = before?.image !== group.image || before?.status !== group.status;
    if (before !== undefined && isOther) profiles.changed(profile);
    return profile;
  }

  private failed(profile: MesiboProfile, listener: GroupListener, error: unknown): void {
    const code = groupErrorOf(error);
    this.report('GroupError', typeof listener === 'function' ? null : listener, [profile, code]);
    // The numbers say too little about the others.
    if (code === MESIBO_GROUPERROR_GENERAL) this.context.fail(error);
  }

  /**
   * Tells the listener that was passed, and all others, once each. A function is called like the callback, or with the
   * result alone when it declares one parameter.
   */
  private report<Name extends CallbackName>(
    name: Name,
    listener: GroupListener,
    args: ListenerOf<Name>,
    result?: readonly unknown[],
  ): void {
    const { listeners } = this.context;
    if (typeof listener === 'function') {
      if (result !== undefined) {
        const given = listener.length === 1 ? result : args;
        guarded(listener as (...args: never[]) => unknown, undefined, given);
      }
    } else if (typeof listener === 'object' && listener !== null && !listeners.includes(listener)) {
      invoke(listener, name, args);
    }
    listeners.notify(name, ...args);
  }
}

/** MESIBO_GROUPERROR_*. */
function groupErrorOf(error: unknown): number {
  return error instanceof StoaError
    ? (errors[error.code] ?? MESIBO_GROUPERROR_GENERAL)
    : MESIBO_GROUPERROR_GENERAL;
}

const errors: Readonly<Record<string, number>> = {
  NOT_A_MEMBER: MESIBO_GROUPERROR_NOTMEMBER,
  PERMISSION_DENIED: MESIBO_GROUPERROR_PERMISSION,
  WRONG_PIN: MESIBO_GROUPERROR_BADPIN,
  PIN_NOT_SHARED: MESIBO_GROUPERROR_NOTSHAREDPIN,
  NOT_FOUND: MESIBO_GROUPERROR_DELETED,
};

/** The members after those that were read last; none after the last page, until the application begins anew. */
async function nextMembers(
  groups: Groups,
  { groupid, [internal]: state }: MesiboProfile,
  { count, restart }: { readonly count: number; readonly restart: boolean },
): Promise<readonly GroupMember[]> {
  if (!restart && state.membersEnded) return [];
  const cursor = restart ? undefined : state.membersCursor;
  const limit = Math.min(count, membersPerPage);
  const page = await groups.members(groupid, cursor === undefined ? { limit } : { limit, cursor });
  state.membersCursor = page.cursor;
  state.membersEnded = page.cursor === undefined;
  return page.members;
}

async function allMembers(groups: Groups, gid: number): Promise<readonly GroupMember[]> {
  const members: GroupMember[] = [];
  let cursor: string | undefined;
  do {
    const page = await groups.members(gid, {
      limit: membersPerPage,
      ...(cursor === undefined ? {} : { cursor }),
    });
    members.push(...page.members);
    cursor = page.cursor;
  } while (cursor !== undefined && members.length < membersAtOnce);
  return members;
}

/** As many as the server gives at a time. */
const membersPerPage = 200;
/** Of a larger group only so many: who shows more reads them page by page. */
const membersAtOnce = 1_000;

function ownPart(group: Group | undefined): Partial<Group> {
  const { role, permissions, admin, calls, until } = group ?? {};
  return {
    ...(role !== undefined && { role }),
    ...(permissions !== undefined && { permissions }),
    ...(admin !== undefined && { admin }),
    ...(calls !== undefined && { calls }),
    ...(until !== undefined && { until }),
  };
}
