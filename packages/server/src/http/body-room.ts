import { StoaError } from '@stoa/protocol';
import type { FastifyInstance } from 'fastify';
import type { Limits } from '../limits/index.ts';

/**
 * Refuses bodies for which there is no room in memory: they are held there until they are whole, and whoever sends them
 * slowly has proved nothing yet. Files are not held.
 */
export function requireBodyRoom(app: FastifyInstance, limits: Limits, bodyLimit: number): void {
  app.addHook('onRequest', async ({ raw, routeOptions }, reply) => {
    if (routeOptions.config.takesFile === true) return;
    const { 'content-length': length, 'transfer-encoding': encoding } = raw.headers;
    // One that is larger is not read at all.
    const bytes = encoding === undefined ? Math.min(Number(length ?? 0) || 0, bodyLimit) : bodyLimit;
    if (bytes === 0) return;
    const client = limits.clientOf(raw);
    let release = limits.admitBody(client, bytes);
    if (release === undefined) {
      throw new StoaError('UNAVAILABLE', 'Too many bodies of requests are being read.', {
        retryAfterMs: 1_000,
      });
    }
    const before = raw.socket.bytesRead;
    /** How large one without a length is, its end tells. */
    const measure = (): void => {
      const came = raw.socket.bytesRead - before + mostWithHead;
      if (came < bytes) {
        release?.();
        release = limits.admitBody(client, came);
      }
    };
    if (encoding !== undefined) raw.once('end', measure);
    reply.raw.once('close', () => {
      raw.off('end', measure);
      release?.();
    });
  });
}

/** What Node reads from a connection at once, and may thus have read of the body together with the head. */
const mostWithHead = 65_536;
