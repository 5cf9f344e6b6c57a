import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { StoaError } from '@stoa/protocol';
import type { FastifyInstance } from 'fastify';
import { BoundedMap } from '../bounded-map.ts';
import type { HttpOptions } from './http-options.ts';
import { originOf } from './origin.ts';

/** Names under which applications load the script: /mesibo.js, /mesibo-v2.js, /mesibo3.js, /mesibo-2.1.3.3.js … */
const fileName = 'mesibo[-v.0-9]*\\.js';

interface Served {
  readonly script: Buffer;
  readonly zipped: Buffer;
  readonly etag: string;
}

/**
 * Serves the mesibo API as a classic script. Applications load it without naming a host, so one line before the
 * script tells it which server it came from.
 */
export function mesiboScript(app: FastifyInstance, { settings, paths }: HttpOptions): void {
  const source = new ScriptSource(paths.mesiboScript);

  for (const folder of ['', '/api']) {
    app.get(`${folder}/:script(^${fileName}$)`, async (request, reply) => {
      const { script, zipped, etag } = await source.for(settings.publicUrl ?? originOf(request));
      // Revalidated each time: applications get a new version of the server's script at once.
      reply.headers({ etag, 'cache-control': 'no-cache', vary: 'accept-encoding' });
      if (request.headers['if-none-match']?.includes(etag)) return reply.status(304).send();
      reply.type('text/javascript; charset=utf-8');
      if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(script);
      return reply.header('content-encoding', 'gzip').send(zipped);
    });
  }
}

/** The script for each server address under which it is asked for. */
class ScriptSource {
  readonly #path: string;
  /** Few: a server is known by one address or two. Bounded, because the address comes from the request. */
  readonly #served = new BoundedMap<string, Promise<Served>>(8);
  #modified = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws StoaError UNAVAILABLE when the script was not built. */
  async for(server: string): Promise<Served> {
    const modified = await this.#modifiedAt();
    const key = `${modified} ${server}`;
    let served = this.#served.get(key);
    if (served === undefined) {
      served = this.#make(server);
      this.#served.set(key, served);
      served.catch(() => this.#served.delete(key));
    }
    return served;
  }

  async #modifiedAt(): Promise<number> {
    try {
      this.#modified = (await stat(this.#path)).mtimeMs;
      return this.#modified;
    } catch {
      throw new StoaError('UNAVAILABLE', 'mesibo.js was not built.', {
        hint: 'Run "npm run build" where the server is installed.',
      });
    }
  }

  async #make(server: string): Promise<Served> {
    const script = Buffer.concat([Buffer.from(serverLine(server)), await readFile(this.#path)]);
    const etag = `"${createHash('sha256').update(script).digest('base64url')}"`;
    return { script, zipped: await promisify(gzip)(script, { level: 9 }), etag };
  }
}

/** One line that tells the script its server; configurable and writable, as all globals of the script are. */
export function serverLine(server: string): string {
  const value = JSON.stringify(server)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return `Object.defineProperty(globalThis,"__stoaServer",{value:${value},configurable:true,writable:true});\n`;
}
