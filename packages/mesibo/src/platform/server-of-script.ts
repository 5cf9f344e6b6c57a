/** Paths under which a server serves the script; what stands before them is the server's base. */
const scriptPath = /\/(api\/)?mesibo[\w.-]*\.js$/;

/**
 * The base URL of the server that a script came from.
 *
 * @param marked what the server wrote at the head of the script (its public address): trusted first, because it is
 * known in every kind of worker and survives proxies and content delivery networks.
 * @param script URL of the script element.
 * @param page URL of the page or worker.
 * @example
 * serverOfScript(undefined, 'https://chat.example.com/api/mesibo.js', undefined); // 'https://chat.example.com'
 */
export function serverOfScript(
  marked: string | undefined,
  script: string | undefined,
  page: string | undefined,
): string {
  if (marked !== undefined && marked !== '') return withoutSlash(marked);
  const url = parse(script);
  if (url !== undefined && scriptPath.test(url.pathname)) {
    return url.origin + withoutSlash(url.pathname.replace(scriptPath, ''));
  }
  return url?.origin ?? parse(page)?.origin ?? 'http://localhost:8080';
}

function parse(text: string | undefined): URL | undefined {
  const url = text === undefined || !URL.canParse(text) ? undefined : new URL(text);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}

export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
