export {
  ageOf,
  blockedAddresses,
  clearedIn,
  clearedPlace,
  draftOf,
  isBlocked,
  isDeleted,
} from './known-values.ts';
export { sharedOf } from './shared-of.ts';
export { SharedValues } from './shared-values.ts';
export { blockedKey, deletedKey, type KnownValues, keyOf, meaningOf } from './value-keys.ts';
