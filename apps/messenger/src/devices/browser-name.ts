/** In this order: most browsers claim to be others, too. */
const browsers: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bEdg/, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/(Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const systems: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/**
 * What people call the browser that sends this user agent.
 *
 * @example
 * browserName(navigator.userAgent); // 'Chrome on Linux'
 */
export function browserName(userAgent: string): string {
  const nameIn = (names: typeof browsers): string | undefined =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = nameIn(systems);
  return `${nameIn(browsers) ?? 'Browser'}${system === undefined ? '' : ` on ${system}`}`;
}
