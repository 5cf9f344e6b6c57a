/** What a socket sends and receives: text for JSON, bytes for msgpack. */
export type WireData = string | Uint8Array;

/**
 * Turns frames into the data of WebSocket messages and back. One WebSocket message carries one or more frames,
 * so that what is due to a connection at one moment goes out in one write: `join` puts already encoded frames
 * together without encoding them again.
 */
export interface Codec {
  /** WebSocket subprotocol that selects this codec. */
  readonly subprotocol: string;
  encode(frame: unknown): WireData;
  /** Joins the results of `encode`; not empty. */
  join(parts: readonly WireData[]): WireData;
  /** All frames of one WebSocket message. Throws an Error when the data is not well-formed. */
  decode(data: WireData): unknown[];
}
