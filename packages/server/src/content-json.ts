import type { Content } from '@stoa/protocol';

/**
 * What a message says, as the REST API and webhooks write it: `data` is base64; bytes elsewhere are marked, as in the JSON
 * form of the protocol.
 */
export function contentJson({ data, ...rest }: Content): Record<string, unknown> {
  return {
    ...(plainJson(rest) as object),
    ...(data instanceof Uint8Array ? { data: Buffer.from(data).toString('base64') } : {}),
  };
}

function plainJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plainJson(member)]));
}
