/** Who signed in on a device, and whether it may come back: see `sqlite/migrations/002-devices.ts`. */
export const devices = `
alter table devices add column token_id bigint;
alter table devices add column run text;
alter table devices add column sign_ins bigint not null default 0;
alter table devices add column ended text check (ended in ('displaced', 'signedOut'));
`;
