/**
 * Who signed in on a device, and whether it may come back: `ended` is null for a device of the user, `displaced` or
 * `signedOut` for one that is kept so that it goes on where it was when it is admitted again.
 */
export const devices = `
alter table devices add column token_id integer;
alter table devices add column run text;
alter table devices add column sign_ins integer not null default 0;
alter table devices add column ended text check (ended in ('displaced', 'signedOut'));
`;
