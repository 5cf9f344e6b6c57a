/** The part of the standard WebSocket that the client uses; the global one of browsers and of Node fits. */
export interface WebSocketLike {
  binaryType: string;
  /** The subprotocol that the server chose. */
  readonly protocol: string;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

export type OpenWebSocket = (url: string, subprotocols: string[]) => WebSocketLike;

export const openSystemWebSocket: OpenWebSocket = (url, subprotocols) => new WebSocket(url, subprotocols);
