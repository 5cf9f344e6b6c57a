/**
 * Makes names global for applications that load the SDK as a classic script. They may declare the same names again
 * with function, var, let or const, so every one is a configurable, writable property: a property that is not
 * configurable, or a declaration, would make their scripts a SyntaxError.
 */
export function defineGlobals(target: object, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: true });
  }
}
