/** Bits of a group's `flags`, with the values that mesibo documents. Other bits are kept, not interpreted. */
export const groupFlags = {
  /** Only members with the permission `send` may send; otherwise all members. */
  sendBySelected: 0x1,
  /** Anybody of the app may send, members or not. */
  sendByAnyone: 0x2,
  /** Whoever asks to join is a member at once, without a PIN; so is whoever sends where anybody may. */
  autoAddMember: 0x8,
  /** Only members with the permission `receive` get what is sent. */
  receiveBySelected: 0x10,
  /** Each message goes to one of those who receive, other than its sender, in turn. */
  receiveRoundRobin: 0x20,
  /** Messages are not stored: all of them are transient. */
  noStorage: 0x40,
  /** The device that sends a message is sent it, too. */
  receiveLoopback: 0x80,
  publishBySelected: 0x100,
  publishByAnyone: 0x200,
  subscribeBySelected: 0x1000,
  subscribeByAnyone: 0x2000,
  /** Who may see the list of members. */
  listBySelected: 0x10000,
  listByAnyone: 0x20000,
  /** Members may not leave. */
  noSelfDelete: 0x40000,
  /** Whoever asks to join without a PIN waits for somebody who may add members. */
  joinByRequest: 0x80000,
  /** Whoever is not `admitted` waits in front of the room until somebody who may add members lets him in. */
  waitingRoom: 0x100000,
  /** With `waitingRoom`: messages, too, are for those who are admitted. */
  messagesWait: 0x200000,
  /** Nobody new gets into the room, nor into the group by himself. */
  locked: 0x400000,
  /** Nobody may send or publish for the time being. */
  paused: 0x8000000,
} as const;

/** Bits of what a member may do. `send` to `list` count only where the group's flags keep it for selected members. */
export const memberFlags = {
  send: 0x1,
  receive: 0x2,
  publish: 0x4,
  subscribe: 0x8,
  list: 0x10,
  record: 0x20,
  /** Need not wait in front of the room, where the group has a waiting room. */
  admitted: 0x40,
  /** Is removed with the PIN by which he joined. */
  deleteWithPin: 0x200,
  /** This member may not leave. */
  noSelfDelete: 0x2000,
} as const;

/** Bits of a member's rights over the group. Who has any is an administrator; who has `owner`, which stands for all of them, an owner. */
export const adminFlags = {
  modify: 0x1,
  addUser: 0x10,
  removeUser: 0x20,
  addAdmin: 0x40,
  removeAdmin: 0x80,
  removeOwner: 0x100,
  removeGroup: 0x200,
  callControl: 0x400,
  hangup: 0x800,
  owner: 0x1000,
  addPin: 0x2000,
  removePin: 0x4000,
  listPin: 0x8000,
} as const;

/** From `send` to `list`. */
export const allPermissions = 0x1f;
/** Of an owner. */
export const allAdminRights = 0xffff;
