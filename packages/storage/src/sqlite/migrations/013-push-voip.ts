/** A device may have a second token, by which it learns of calls alone (VoIP of Apple). */
export const pushVoip = `
alter table push_registrations add column voip text;
`;
