/** Reading of untrusted bytes: what lies outside of the packet reads as zero, so that no parser can throw. */
export function byteAt(packet: Uint8Array, at: number): number {
  return packet[at] ?? 0;
}

export function uint16At(packet: Uint8Array, at: number): number {
  return (byteAt(packet, at) << 8) | byteAt(packet, at + 1);
}

export function uint24At(packet: Uint8Array, at: number): number {
  return (byteAt(packet, at) << 16) | uint16At(packet, at + 1);
}

export function uint32At(packet: Uint8Array, at: number): number {
  return ((uint16At(packet, at) << 16) | uint16At(packet, at + 2)) >>> 0;
}

/** Writing at fixed places of a buffer that the caller knows to be large enough. */
export function setUint16(packet: Uint8Array, at: number, value: number): void {
  packet[at] = value >>> 8;
  packet[at + 1] = value;
}

export function setUint24(packet: Uint8Array, at: number, value: number): void {
  packet[at] = value >>> 16;
  setUint16(packet, at + 1, value);
}

export function setUint32(packet: Uint8Array, at: number, value: number): void {
  setUint16(packet, at, value >>> 16);
  setUint16(packet, at + 2, value);
}
