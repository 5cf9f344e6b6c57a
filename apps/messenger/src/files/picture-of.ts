/** A small picture that came with a message, as an address for an `<img>`. Browsers look at the bytes, not at the type. */
export function pictureOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return `data:image/jpeg;base64,${btoa(binary)}`;
}
