export {
  ageOf,
  blockedAddresses,
  blockedPartsOf,
  clearedIn,
  clearedPlace,
  contactAddresses,
  contactLevels,
  draftOf,
  isArranged,
  isBlocked,
  isDeleted,
  isSet,
} from './known-values.ts';
export { sharedOf } from './shared-of.ts';
export { SharedValues } from './shared-values.ts';
export { blockedKey, contactKey, deletedKey, type KnownValues, keyOf, meaningOf } from './value-keys.ts';
