import {
  type Audience,
  limits,
  type PresenceMode,
  type ProfileSettings,
  type ProfileVisibility,
  packValue,
  StoaError,
  unpackValue,
} from '@stoa/protocol';

/** A field of a profile. */
export interface ProfileField {
  readonly key: string;
  readonly value: unknown;
  readonly visibleTo?: Audience;
}

export interface ProfilePicture {
  readonly id?: string;
  readonly url?: string;
  readonly thumbnail?: Uint8Array;
}

/** What a user says of himself beside his name. */
export interface ProfileDocument {
  readonly status?: string;
  readonly picture?: ProfilePicture;
  readonly fields?: readonly ProfileField[];
  readonly visibility?: ProfileVisibility;
  readonly presence?: PresenceMode;
  readonly searchable?: boolean;
}

/** What this server itself has written, so its form is known. */
export const readDocument = (bytes: Uint8Array): ProfileDocument => unpackValue(bytes) as ProfileDocument;

export const writeDocument = (document: ProfileDocument): Uint8Array => packValue(document);

/**
 * The profile after a change; what is not named in it stays as it was.
 *
 * @throws StoaError TOO_LARGE or TOO_MANY
 */
export function changedDocument(before: ProfileDocument, change: ProfileSettings): ProfileDocument {
  const { status = before.status, searchable = before.searchable, presence = before.presence } = change;
  const picture = change.picture ?? before.picture;
  const fields = changedFields(before.fields ?? [], change.fields ?? []);
  const visibility = { ...before.visibility, ...change.visibility };
  return {
    ...(status !== undefined && status !== '' && { status }),
    ...(picture !== undefined && hasPlace(picture) && { picture }),
    ...(fields.length > 0 && { fields }),
    ...(Object.keys(visibility).length > 0 && { visibility }),
    ...(presence !== undefined && { presence }),
    ...(searchable === true && { searchable }),
  };
}

const hasPlace = ({ id, url }: ProfilePicture): boolean => id !== undefined || url !== undefined;

function changedFields(
  before: readonly ProfileField[],
  change: NonNullable<ProfileSettings['fields']>,
): ProfileField[] {
  const fields = new Map(before.map((field) => [field.key, field]));
  for (const { key, value, visibleTo = fields.get(key)?.visibleTo } of change) {
    if (value === undefined) {
      fields.delete(key);
      continue;
    }
    if (packValue(value).length > limits.profileFieldBytes) {
      throw new StoaError('TOO_LARGE', `The field "${key}" has more than ${limits.profileFieldBytes} bytes.`);
    }
    fields.set(key, { key, value, ...(visibleTo !== undefined && { visibleTo }) });
  }
  if (fields.size > limits.profileFields) {
    throw new StoaError('TOO_MANY', `A profile has ${limits.profileFields} fields at the most.`);
  }
  return [...fields.values()];
}
