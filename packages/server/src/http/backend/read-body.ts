import { StoaError } from '@stoa/protocol';
import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { RawRequest } from './parameters.ts';

/**
 * Lets the routes of this scope take their parameters from a JSON object or a form. JSON is recognised under other
 * content types too: PHP and browsers send it as a form or as plain text unless they are told not to. Each body
 * becomes a RawRequest, or the request fails with BAD_REQUEST.
 */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string) => parseJson(body),
  );
  app.addContentTypeParser(
    ['text/plain', 'application/x-www-form-urlencoded'],
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string) => parseText(body),
  );
  app.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => parseMultipart(body, request.headers['content-type']),
  );
  app.addContentTypeParser('*', { parseAs: 'string' }, async (request: FastifyRequest, body: string) => {
    const type = request.headers['content-type'];
    if (type !== undefined) throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(type);
    return parseText(body);
  });
}

function parseText(body: string): RawRequest {
  return /^\s*[[{]/.test(body) ? parseJson(body) : parseForm(body);
}

/**
 * The time that URLSearchParams takes grows with the square of the fields, and of the spaces written as "+"; whoever sends
 * the form has proved nothing yet.
 */
function parseForm(body: string): RawRequest {
  if (body.split('&', mostFields + 1).length > mostFields) {
    throw new StoaError('TOO_LARGE', `The form has more than ${mostFields} fields.`);
  }
  return Object.fromEntries(new URLSearchParams(body.replaceAll('+', ' ')));
}

const mostFields = 1_000;

function parseJson(body: string): RawRequest {
  if (body.trim() === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new StoaError('BAD_REQUEST', 'The body is not valid JSON.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new StoaError('BAD_REQUEST', 'The body must be a JSON object.');
  }
  return { ...parsed };
}

async function parseMultipart(body: Buffer, contentType = ''): Promise<RawRequest> {
  try {
    const form = new Response(new Uint8Array(body), { headers: { 'content-type': contentType } });
    return Object.fromEntries(await form.formData());
  } catch {
    throw new StoaError('BAD_REQUEST', 'The multipart form is not well-formed.');
  }
}
