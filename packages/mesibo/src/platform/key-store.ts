/** A few small values, read and written synchronously as mesibo's API wants it. */
export interface KeyStore {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  delete(key: string): void;
  /** Every key that begins with `prefix`. */
  list(prefix: string): string[];
}

/** Lost with the process or page. */
export function memoryKeyStore(): KeyStore {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key),
    set: (key, value) => void values.set(key, value),
    delete: (key) => void values.delete(key),
    list: (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
  };
}
