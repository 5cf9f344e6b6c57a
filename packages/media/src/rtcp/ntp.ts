/** From 1900, where NTP counts from, to 1970. */
const epochMs = 2_208_988_800_000;

export function ntpFromUnix(unixMs: number): number {
  return unixMs + epochMs;
}

/** The middle 32 bits of an NTP time: 16 bits of seconds, 16 of their fraction. */
export function middleBits(ntpMs: number): number {
  return Math.floor((ntpMs / 1000) * 65_536) % 2 ** 32;
}
