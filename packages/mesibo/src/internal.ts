/**
 * Key under which the public objects keep what is not meant for applications. Such a property is not enumerable:
 * copies, JSON and structured clones leave it out. Unlike a #private field it works through a Proxy, so messages and
 * profiles can be put into reactive frameworks.
 */
export const internal: unique symbol = Symbol('stoa.internal');

/** Defines `object[internal]`. */
export function setInternal(object: object, value: object): void {
  Object.defineProperty(object, internal, { value });
}
