/** A session of an encoder at a WHIP endpoint (RFC 9725). */
export interface WhipSession {
  /** The answer to the offer, as SDP. */
  readonly answer: string;
  /** Ends it. What the server says to that does not matter: it would find out by itself. */
  end(): Promise<void>;
}

/**
 * Offers media to an endpoint.
 *
 * @throws Error with the reason that the server gives
 */
export async function openWhip(endpoint: string, token: string, offer: string): Promise<WhipSession> {
  const authorization = `Bearer ${token}`;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/sdp' },
    body: offer,
  }).catch((cause: unknown) => {
    throw new Error(`There is no server at ${endpoint}.`, { cause });
  });
  const body = await response.text();
  const location = response.headers.get('location');
  if (response.status !== 201 || location === null) throw new Error(reasonIn(body, response.status));
  const session = new URL(location, endpoint);
  return {
    answer: body,
    end: async () => {
      await fetch(session, { method: 'DELETE', headers: { authorization } }).catch(() => {});
    },
  };
}

/** Of a problem in the form of RFC 9457, else what there is. */
function reasonIn(body: string, status: number): string {
  try {
    const { title, detail }: Record<string, unknown> = JSON.parse(body);
    const parts = [title, detail].filter((part) => typeof part === 'string');
    if (parts.length > 0) return parts.join(' ');
  } catch {
    // It is no JSON.
  }
  return `The endpoint refused the offer (status ${status}).`;
}
