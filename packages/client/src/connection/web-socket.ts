/** The part of the standard WebSocket that the client uses; the global one of browsers and of Node fits. */
export interface WebSocketLike {
  binaryType: string;
  /** The subprotocol that the server chose. */
  readonly protocol: string;
  /** 1 while it is open: what is sent into one that closes is lost, and browsers complain of it. */
  readonly readyState?: number;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

export function isOpen({ readyState = 1 }: WebSocketLike): boolean {
  return readyState === 1;
}

export type OpenWebSocket = (url: string, subprotocols: string[]) => WebSocketLike;

export const openSystemWebSocket: OpenWebSocket = (url, subprotocols) => new WebSocket(url, subprotocols);
