/** What operations and frames say about profiles. */
import Type, { type Static } from 'typebox';
import { Address, FileId, Int, Plain, Thumbnail } from './fields.ts';
import { GroupId } from './group-fields.ts';
import { limits } from './limits.ts';

/**
 * Who may see something of a user: everybody in the app, those whom he has among his contacts, nobody else, or those contacts
 * to whom he gave the access level that is named.
 */
export const Audience = Type.Union([
  Type.Literal('everybody'),
  Type.Literal('contacts'),
  Type.Literal('nobody'),
  Int(1, limits.accessLevel),
]);
export type Audience = Static<typeof Audience>;

/** Who may see when a user is online: an audience, or the members of a group for as long as he is one of them. */
export const PresenceAudience = Type.Union([Audience, Plain(Type.Object({ group: GroupId }))]);
export type PresenceAudience = Static<typeof PresenceAudience>;

const ProfileKey = Type.String({
  minLength: 1,
  maxLength: limits.profileKeyLength,
  pattern: '^[^\\p{Cc}\\p{Cs}]+$',
});

/** Who may see what; what is not named is for everybody. */
export const ProfileVisibility = Type.Object({
  status: Type.Optional(Audience),
  picture: Type.Optional(Audience),
  /** Whether the user is online, and when he last was. */
  online: Type.Optional(PresenceAudience),
  seen: Type.Optional(PresenceAudience),
});
export type ProfileVisibility = Static<typeof ProfileVisibility>;

/**
 * When a user is online for those who may see it: while a device is connected (`login`), while the application is in front on
 * one of them (`foreground`, what holds when nothing is said), or when he says so himself (`manual`, with `online`).
 */
export const PresenceMode = Type.Object({
  mode: Type.Union([Type.Literal('login'), Type.Literal('foreground'), Type.Literal('manual')]),
  online: Type.Optional(Type.Boolean()),
});
export type PresenceMode = Static<typeof PresenceMode>;

/** What a user can set of his profile. */
export const profileSettings = {
  name: Type.Optional(Type.String({ maxLength: limits.nameLength })),
  status: Type.Optional(Type.String({ maxLength: limits.profileStatusLength })),
  /** A picture that was uploaded (`id`) or is elsewhere (`url`); a map without either removes it. */
  picture: Type.Optional(
    Plain(
      Type.Object({
        id: Type.Optional(FileId),
        url: Type.Optional(Type.String({ minLength: 1, maxLength: limits.pictureUrlLength })),
        thumbnail: Type.Optional(Thumbnail),
      }),
    ),
  ),
  /** Values of the application's choice; one without a `value` is removed. */
  fields: Type.Optional(
    Type.Array(
      Type.Object({
        key: ProfileKey,
        value: Type.Optional(Type.Unknown()),
        visibleTo: Type.Optional(Audience),
      }),
      { maxItems: limits.profileFields },
    ),
  ),
  visibility: Type.Optional(Plain(ProfileVisibility)),
  presence: Type.Optional(Plain(PresenceMode)),
  /** Whether others find the user by his name. */
  searchable: Type.Optional(Type.Boolean()),
};

const ProfileSettings = Type.Object(profileSettings);
/** A change of a profile: what is not named stays as it is. */
export type ProfileSettings = Static<typeof ProfileSettings>;

/** A profile as somebody may see it. */
export const ProfileInfo = Type.Object({
  user: Address,
  name: Type.String(),
  status: Type.Optional(Type.String()),
  /** `url`: absolute, or a path on this server that holds for a time. */
  picture: Type.Optional(
    Type.Object({
      id: Type.Optional(FileId),
      url: Type.String(),
      thumbnail: Type.Optional(Thumbnail),
    }),
  ),
  fields: Type.Optional(
    Type.Array(
      Type.Object({ key: Type.String(), value: Type.Unknown(), visibleTo: Type.Optional(Audience) }),
    ),
  ),
  /** Changes with what is seen; to be named when the profile is asked for again. */
  tag: Type.String(),
  /** In the own profile only, as is `visibleTo`. */
  visibility: Type.Optional(ProfileVisibility),
  presence: Type.Optional(PresenceMode),
  searchable: Type.Optional(Type.Boolean()),
});
export type ProfileInfo = Static<typeof ProfileInfo>;

/** A profile has changed, or what the user may see of it. */
export const ProfileNotice = Type.Object({ t: Type.Literal('profile'), profile: ProfileInfo });
export type ProfileFrame = Static<typeof ProfileNotice>;
