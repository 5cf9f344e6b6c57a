import { createHash } from 'node:crypto';
import { type Audience, type ProfileInfo, packValue } from '@stoa/protocol';
import type { ProfileDocument, ProfilePicture } from './document.ts';

/** What somebody is to the owner of a profile; a contact by the access levels that he was given, in ascending order. */
export type Relation = 'self' | 'other' | 'blocked' | { readonly contact: readonly number[] };

export interface SeenProfile {
  readonly address: string;
  readonly name: string;
  /** 0 when the user has said nothing of himself. */
  readonly version: number;
  readonly document: ProfileDocument;
}

/** Whether it makes a difference if somebody is a contact. */
export function hasSecrets({ visibility = {}, fields = [] }: ProfileDocument): boolean {
  const { status, picture, online, seen } = visibility;
  const audiences = [status, picture, online, seen, ...fields.map(({ visibleTo }) => visibleTo)];
  return audiences.some((audience) => audience === 'contacts' || typeof audience === 'number');
}

/**
 * The profile as it is shown.
 *
 * @param linkTo makes the address of an uploaded picture
 */
export function profileView(
  { address, name, document }: SeenProfile,
  relation: Relation,
  linkTo: (id: string) => string,
): ProfileInfo {
  const { status, picture, fields = [], visibility = {}, presence, searchable = false } = document;
  const isOwn = relation === 'self';
  const shown = fields.filter(({ visibleTo }) => isVisible(visibleTo, relation));
  const isPictureShown = picture !== undefined && isVisible(visibility.picture, relation);
  const view = {
    user: address,
    name,
    ...(status !== undefined && isVisible(visibility.status, relation) && { status }),
    ...(isPictureShown && { picture: pictureView(picture, linkTo) }),
    ...(shown.length > 0 && {
      fields: shown.map(({ key, value, visibleTo }) => ({
        key,
        value,
        ...(isOwn && visibleTo !== undefined && { visibleTo }),
      })),
    }),
    ...(isOwn && { visibility, searchable, ...(presence !== undefined && { presence }) }),
  };
  return { ...view, tag: tagOf(view) };
}

/** Of what is seen, and nothing else: it must not tell of changes of what is hidden. Links change by themselves. */
function tagOf({ picture, ...view }: Omit<ProfileInfo, 'tag'>): string {
  const lasting = picture?.id === undefined ? picture : { ...picture, url: '' };
  return createHash('sha256')
    .update(packValue({ ...view, ...(lasting !== undefined && { picture: lasting }) }))
    .digest('base64url')
    .slice(0, tagLength);
}

export function isVisible(to: Audience | undefined, relation: Relation): boolean {
  if (typeof relation === 'object') {
    return typeof to === 'number' ? relation.contact.includes(to) : to !== 'nobody';
  }
  switch (relation) {
    case 'self':
      return true;
    case 'other':
      return to === undefined || to === 'everybody';
    case 'blocked':
      return false;
  }
}

function pictureView({ id, url = '', thumbnail }: ProfilePicture, linkTo: (id: string) => string) {
  return {
    ...(id === undefined ? { url } : { id, url: linkTo(id) }),
    ...(thumbnail !== undefined && { thumbnail }),
  };
}

const tagLength = 12;
