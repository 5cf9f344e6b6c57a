import type { FastifyInstance } from 'fastify';
import type { Settings } from './settings/index.ts';

/**
 * Opens the port. One that nobody asked for (the default) gives way to the next free one when it is taken; one that
 * was asked for does not.
 *
 * @returns the port that was opened
 * @throws Error that says what to do when it cannot be opened.
 */
export async function listen(http: FastifyInstance, settings: Settings): Promise<number> {
  const { host, sources } = settings;
  const last = sources.port === 'default' ? settings.port + portsTried - 1 : settings.port;
  for (let port = settings.port; ; port += 1) {
    try {
      // A large backlog: after a restart everybody comes back at once.
      await http.listen({ host, port, backlog, listenTextResolver: (address) => `listening on ${address}` });
      break;
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (port >= last) throw new Error(`Port ${port} is taken. Choose another one with --port or PORT.`);
    }
  }
  const address = http.server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
  return address.port;
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

const portsTried = 20;
const backlog = 4096;
