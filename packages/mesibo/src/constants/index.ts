/** Constants of the mesibo API, by family, with the values that mesibo documents. */
export * from './call.ts';
export * from './connection.ts';
export * from './encryption.ts';
export * from './file.ts';
export * from './group.ts';
export * from './group-call.ts';
export * from './message.ts';
export * from './presence.ts';
export * from './profile.ts';
export * from './read-session.ts';
export * from './result.ts';
