import type { FastifyRequest } from 'fastify';
import type { CompleteFile, FileLinks } from '../../files/index.ts';
import type { HttpOptions } from '../http-options.ts';
import { originOf } from '../origin.ts';

/** What the doors tell of a complete file; the form of the message field `file`, and more. */
export interface FileResource {
  readonly id: string;
  readonly url: string;
  /** When the link ends to hold, in milliseconds since 1970. */
  readonly expiresAt: number;
  readonly name: string;
  readonly size: number;
  readonly mime: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** With a new link, at the address under which the caller reaches this server. */
export function fileResource(
  file: CompleteFile,
  links: FileLinks,
  { publicUrl }: HttpOptions['settings'],
  request: FastifyRequest,
): FileResource {
  const { id, name, size, mime, sha256 } = file;
  const { path, expiresAt } = links.make(file);
  const url = `${publicUrl ?? originOf(request)}${path}`;
  return { id, url, expiresAt, name, size, mime, sha256: Buffer.from(sha256).toString('hex') };
}
