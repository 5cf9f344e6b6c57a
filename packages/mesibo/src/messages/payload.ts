/** Bytes of a message. As a string it is their text: v1 applications read the payload in either way. */
export type MesiboPayload = Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function payloadOfText(text: string): MesiboPayload {
  return withText(encoder.encode(text), () => text);
}

export function payloadOfBytes(bytes: Uint8Array): MesiboPayload {
  // A copy, because the toString below must not appear on an array that belongs to somebody else.
  const copy = new Uint8Array(bytes);
  return withText(copy, () => decoder.decode(copy));
}

function withText(bytes: Uint8Array, text: () => string): MesiboPayload {
  Object.defineProperty(bytes, 'toString', { value: text, configurable: true, writable: true });
  return bytes;
}
