import { StoaError } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import type { FileServer, UploadedFile } from './file-server.ts';

export interface UploadOptions {
  readonly server: FileServer;
  readonly clock: Clock;
  readonly file: Blob;
  readonly name: string;
  /** Of an upload that was begun before. */
  readonly id: string | undefined;
  readonly signal: AbortSignal;
  /** It has an id, by which it can be resumed. */
  readonly onBegun: (id: string) => Promise<void>;
  /** Bytes that the server has. */
  readonly onProgress: (bytes: number) => void;
}

const smallestPiece = 256 * 1024;
const largestPiece = 8 * 1024 * 1024;
/** A piece should take about so long: shorter costs requests, longer is lost when the line breaks, or is cut off. */
const pieceMs = 1_500;

/**
 * Uploads a file from where the server has it on, in one attempt. Rejects with StoaError; one that may be tried again
 * goes on where it was.
 */
export async function upload(options: UploadOptions): Promise<UploadedFile> {
  const { server, file, signal, onProgress, clock } = options;
  let { id, offset } = await resume(options);
  onProgress(offset);
  let pieceSize = smallestPiece;
  // Once more when the server has all of it, too: it may have ended before it put the file into its place.
  do {
    const piece = file.slice(offset, offset + pieceSize);
    const began = clock.now();
    offset = await server.append(id, offset, piece, signal);
    onProgress(offset);
    const took = Math.max(1, clock.now() - began);
    pieceSize = Math.min(
      largestPiece,
      Math.max(smallestPiece, Math.min(2 * pieceSize, (pieceSize * pieceMs) / took)),
    );
    pieceSize = Math.round(pieceSize);
  } while (offset < file.size);
  const [uploaded] = await server.links([id]);
  if (uploaded === undefined) throw new StoaError('UNAVAILABLE', 'The server does not have the file.');
  return uploaded;
}

async function resume({ server, file, name, id, signal, onBegun }: UploadOptions) {
  if (id !== undefined) {
    try {
      return { id, offset: await server.offset(id, signal) };
    } catch (error) {
      // Uploads are forgotten after a day.
      if (!(error instanceof StoaError) || error.code !== 'NOT_FOUND') throw error;
    }
  }
  const begun = await server.begin(name, file.size, signal);
  await onBegun(begun);
  return { id: begun, offset: 0 };
}
