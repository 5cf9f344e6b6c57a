import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import { downloadOrigins } from '../settings/index.ts';
import type { HttpOptions } from './http-options.ts';

/**
 * Headers that protect the web applications, and access from other origins. Every call proves itself with a token that
 * it names, never with a cookie, so that any origin may call. What only our own pages may use refuses other origins
 * by itself (see demo). A page may load files from where downloads are.
 */
export function secure(app: FastifyInstance, { publicUrl, tls, files }: HttpOptions['settings']): void {
  const downloads = downloadOrigins(files);
  const https = tls !== null || publicUrl?.startsWith('https:') === true;
  app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // The style attributes of React components.
        styleSrc: ["'self'", "'unsafe-inline'"],
        // Pictures and media that messages point to, and what the page makes itself.
        imgSrc: ["'self'", 'data:', 'blob:', 'https:', ...downloads],
        mediaSrc: ["'self'", 'blob:', 'https:', ...downloads],
        connectSrc: [
          "'self'",
          ...(publicUrl === null ? [] : [publicUrl, socketOrigin(publicUrl)]),
          ...downloads,
        ],
        workerSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'self'"],
      },
    },
    // mesibo.js is loaded by pages of other origins.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    strictTransportSecurity: https ? { maxAge: 180 * 24 * 3600, includeSubDomains: false } : false,
  });
  app.register(cors, {
    origin: '*',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      ...['authorization', 'content-type', 'idempotency-key', 'stoa-app', 'range', 'if-range', 'if-match'],
      ...['tus-resumable', 'upload-length', 'upload-metadata', 'upload-offset'],
    ],
    exposedHeaders: [
      ...['retry-after', 'x-request-id', 'idempotent-replayed', 'location', 'etag', 'link', 'accept-patch'],
      ...['tus-resumable', 'upload-length', 'upload-offset'],
    ],
    maxAge: 24 * 3600,
  });
}

function socketOrigin(publicUrl: string): string {
  return new URL(publicUrl).origin.replace(/^http/, 'ws');
}
