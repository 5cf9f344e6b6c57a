/** Bits of a message's `flags`, with the values that mesibo documents. Other bits are carried, not interpreted. */
export const messageFlags = {
  /** The sender wants to know when the message was delivered. */
  deliveryReceipt: 0x1,
  /** The sender wants to know when the message was read. */
  readReceipt: 0x2,
  /** Not stored: reaches only devices that are connected now. */
  transient: 0x4,
} as const;

/** Values of a presence frame that the platform itself knows; applications may use others. */
export const presenceValues = {
  request: 0,
  online: 1,
  offline: 2,
  typing: 3,
  typingCleared: 4,
  joined: 10,
  left: 11,
} as const;
