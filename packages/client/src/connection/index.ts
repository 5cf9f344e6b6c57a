export { Connection } from './connection.ts';
export type { ConnectionState } from './connection-state.ts';
export { statusOfConnection } from './connection-status.ts';
export type { Link } from './link.ts';
export { errorOf } from './refusal.ts';
export { serverUrlOf, socketUrl } from './socket-url.ts';
export { type OpenWebSocket, openSystemWebSocket, type WebSocketLike } from './web-socket.ts';
