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
  /** The result may share its memory with other frames: send it or copy it, but never transfer or change it. */
  encode(frame: unknown): WireData;
  /** Joins the results of `encode`; not empty. See joinWithinLimits for any number of them. */
  join(parts: readonly WireData[]): WireData;
  /**
   * All values of one WebSocket message: plain data (maps with text keys, arrays, text, numbers, booleans, null
   * and Uint8Arrays that own their memory), whoever sent it. Whether they are frames is for parseClientFrame to say.
   *
   * @throws StoaError BAD_FRAME when the data is not well-formed, is nested deeper than limits.frameDepth or holds
   * anything else; TOO_LARGE when it holds more than limits.framesPerSocketMessage. No value is returned then.
   */
  decode(data: WireData): unknown[];
}
