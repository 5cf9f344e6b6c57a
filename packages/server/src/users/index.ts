export type { PublishUserChange, UserChange } from './user-change.ts';
export type { IssuedToken, UserTokens } from './user-tokens.ts';
export { type NewUser, type UserPage, Users, type UsersOptions, type UserUpdate } from './users.ts';
