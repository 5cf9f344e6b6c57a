/**
 * What the rest of the server must learn when it is committed. `user-removed` and `user-suspended` end all sessions
 * of the user, `token-revoked` those that were signed in with the token (all of them when no token is named);
 * after `user-changed` and `blocks-changed`, what was cached of the user, or of whom he blocks, is out of date.
 */
export interface UserChange {
  readonly type: 'user-removed' | 'user-suspended' | 'token-revoked' | 'user-changed' | 'blocks-changed';
  readonly uid: number;
  readonly tokenId?: number;
}

export type PublishUserChange = (change: UserChange) => void;
