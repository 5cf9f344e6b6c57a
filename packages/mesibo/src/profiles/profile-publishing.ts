import type { Profile, ProfileChange } from '@stoa/client';
import { type Audience, limits } from '@stoa/protocol';
import {
  MESIBO_VISIBILITY_CONTACT,
  MESIBO_VISIBILITY_NONE,
  MESIBO_VISIBILITY_SEARCHABLE,
} from '../constants/profile.ts';
import type { ProfileValue, SavedProfile } from './profile-values.ts';

/** What of a saved profile is told to others. */
export function publishedChange({ name, image, values = {}, levels = {} }: SavedProfile): ProfileChange {
  const { status, ...fields } = values;
  return {
    ...(name !== undefined && { name }),
    ...(typeof status === 'string' && { status }),
    ...(levels.status !== undefined && { visibility: { status: audienceOf(levels.status) } }),
    ...(image !== undefined && { picture: image === '' ? {} : { url: image } }),
    ...(Object.keys(fields).length > 0 && {
      fields: Object.entries(fields).map(([key, value]) => ({
        key,
        value,
        ...(levels[key] !== undefined && { visibleTo: audienceOf(levels[key]) }),
      })),
    }),
  };
}

/** Who has this access level; 0: everybody. What is no level is for nobody, rather than for more than was meant. */
function audienceOf(level: number): Audience {
  if (level === 0) return 'everybody';
  return Number.isInteger(level) && level > 0 && level <= limits.accessLevel ? level : 'nobody';
}

/** Who may see the profile and find the user, for MESIBO_VISIBILITY_*. */
export function visibilityChange(visibility: number): ProfileChange {
  const to =
    visibility === MESIBO_VISIBILITY_NONE
      ? 'nobody'
      : visibility === MESIBO_VISIBILITY_CONTACT
        ? 'contacts'
        : 'everybody';
  return {
    visibility: { status: to, picture: to },
    searchable: visibility === MESIBO_VISIBILITY_SEARCHABLE,
  };
}

/** What has a place of its own in the visibility of a profile, by the names of mesibo. */
const parts = new Map([
  ['status', 'status'],
  ['image', 'picture'],
  ['picture', 'picture'],
  ['online', 'online'],
  ['lastseen', 'seen'],
] as const);

/** Shows a part or a value of the profile to contacts with this access level; 0: to everybody. */
export function accessLevelChange(name: string, level: number, value: unknown): ProfileChange {
  const to = level === 0 ? 'everybody' : level;
  const part = parts.get(name as 'status');
  if (part !== undefined) return { visibility: { [part]: to } };
  return { fields: [{ key: name, value: value ?? '', visibleTo: to }] };
}

export function withoutAccessLevels(values: readonly (readonly [string, unknown])[]): ProfileChange {
  const fields = values.filter(([key]) => key !== 'status');
  return {
    visibility: { status: 'everybody', picture: 'everybody', online: 'everybody', seen: 'everybody' },
    fields: fields.map(([key, value]) => ({ key, value, visibleTo: 'everybody' })),
  };
}

/** A value of a profile as the server tells it; undefined when there is none that mesibo's functions know. */
export function toldValue(told: Profile | undefined, name: string): ProfileValue | undefined {
  const value = name === 'status' ? told?.status : told?.fields?.find(({ key }) => key === name)?.value;
  return isValue(value) ? value : undefined;
}

/** All of them. */
export function toldValues(told: Profile | undefined): Record<string, ProfileValue> {
  const values: Record<string, ProfileValue> = {};
  if (told?.status !== undefined) values.status = told.status;
  for (const { key, value } of told?.fields ?? []) if (isValue(value)) values[key] = value;
  return values;
}

const isValue = (value: unknown): value is ProfileValue =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** What remains to be published, or is of this device alone, when that was sent: also what was changed meanwhile. */
export function withoutPublished(saved: SavedProfile, sent: SavedProfile): SavedProfile {
  const { name, image, values = {}, levels = {}, ...rest } = saved;
  const isLeft = ([key]: [string, unknown]): boolean =>
    values[key] !== sent.values?.[key] || levels[key] !== sent.levels?.[key];
  return {
    ...rest,
    ...(name !== undefined && name !== sent.name && { name }),
    ...(image !== undefined && image !== sent.image && { image }),
    values: Object.fromEntries(Object.entries(values).filter(isLeft)),
    levels: Object.fromEntries(Object.entries(levels).filter(isLeft)),
  };
}
