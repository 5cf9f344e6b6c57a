/**
 * Where a device is woken when it is not connected: at an address of its browser's push service (`web-push`, with the
 * keys of the receiver), or by a token of another provider. Such a place belongs to the device that named it last.
 */
export const push = `
create table push_registrations (
  dev integer primary key references devices on delete cascade,
  uid integer not null,
  provider text not null,
  target text not null,
  p256dh text,
  auth text,
  created_at integer not null,
  unique (provider, target)
) strict;
create index push_registrations_by_user on push_registrations (uid);
`;
