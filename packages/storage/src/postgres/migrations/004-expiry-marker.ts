/**
 * `expiry_marker` holds the id up to which messages with a far expiry are listed in `message_expiry` (see
 * sql/expiry-list.ts). What was stored before is listed already.
 */
export const expiryMarker = `
create table expiry_marker (mid bigint not null);
insert into expiry_marker select coalesce(max(mid), 0) from messages;
`;
