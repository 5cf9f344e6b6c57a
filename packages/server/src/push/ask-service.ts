import { timeoutMs } from './provider.ts';

export interface ServiceAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  /** What the body says as JSON; undefined when it is not JSON, or too long. */
  readonly body: unknown;
}

/**
 * Posts to a service that the operator has named, and reads its answer. Rejects when there is none in time; redirections
 * are not followed.
 */
export async function askService(
  url: string,
  { headers, body, signal }: { headers: Record<string, string>; body: string; signal: AbortSignal },
): Promise<ServiceAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: parsed(await readUpTo(response, maximumBytes)),
  };
}

async function readUpTo(response: Response, maximum: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > maximum) return '';
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const maximumBytes = 64 * 1024;
