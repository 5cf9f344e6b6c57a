/** Values of `receipts.kind`. */
export const receiptKinds = { delivered: 1, read: 2 } as const;
