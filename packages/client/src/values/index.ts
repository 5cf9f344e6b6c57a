export {
  ageOf,
  blockedAddresses,
  clearedIn,
  clearedPlace,
  draftOf,
  isArranged,
  isBlocked,
  isDeleted,
  isSet,
} from './known-values.ts';
export { sharedOf } from './shared-of.ts';
export { SharedValues } from './shared-values.ts';
export { blockedKey, deletedKey, type KnownValues, keyOf, meaningOf } from './value-keys.ts';
