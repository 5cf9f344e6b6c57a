/** A random id from 1 to 2^32 - 1. */
export function randomId(): number {
  const [id] = crypto.getRandomValues(new Uint32Array(1));
  return id === undefined || id === 0 ? 1 : id;
}
