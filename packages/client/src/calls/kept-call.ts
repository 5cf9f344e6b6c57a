/** What is remembered of a call while the page is loaded anew. */
export interface KeptCall {
  readonly id: string;
  /** The device that it belongs to. */
  readonly dev: number;
  readonly peer: string;
  readonly name: string;
  readonly outgoing: boolean;
  readonly video: boolean;
  readonly ticket: string;
  readonly epoch: number;
  readonly callee: boolean;
  /** What the user had switched off stays off. */
  readonly muted: boolean;
  readonly camera: boolean;
  /** When the media was first connected, by this device's clock; 0: not yet. */
  readonly since: number;
  /** The page that had the call is gone. A copy of its tab has this memory, too, while the call goes on there. */
  readonly left: boolean;
}

/** Undefined for anything that was not written by this version. */
export function parseKeptCall(text: string | null): KeptCall | undefined {
  if (text === null) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const kept = value as Partial<KeptCall>;
  const isKept = Object.entries(types).every(([key, type]) => typeof kept[key as keyof KeptCall] === type);
  return isKept ? (kept as KeptCall) : undefined;
}

const types: { readonly [Key in keyof KeptCall]: string } = {
  id: 'string',
  dev: 'number',
  peer: 'string',
  name: 'string',
  outgoing: 'boolean',
  video: 'boolean',
  ticket: 'string',
  epoch: 'number',
  callee: 'boolean',
  muted: 'boolean',
  camera: 'boolean',
  since: 'number',
  left: 'boolean',
};
