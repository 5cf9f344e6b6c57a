import { guarded } from './listeners.ts';

/** `text` is the body of the response, whatever its status; see MesiboHttpRequest.send for failures. */
export type MesiboHttpCallback = (cbdata: unknown, text: string) => void;

/**
 * A small HTTP client, made by `api.createhttpRequest()`.
 *
 * @example
 * const http = api.createhttpRequest();
 * http.setUrl('https://app.example.com/login');
 * http.setPostData({ op: 'login', phone: '18005551234' }, true);
 * http.send(null, (cbdata, text) => console.log(JSON.parse(text)));
 */
export class MesiboHttpRequest {
  private url = '';
  private body: string | undefined;
  private readonly headers = new Map<string, string>();

  setUrl(url: string): void {
    this.url = url;
  }

  /** Makes it a POST. Objects are sent as JSON when `json` is true, else as form fields. */
  setPostData(data: unknown, json = false): void {
    if (json) {
      this.body = typeof data === 'string' ? data : JSON.stringify(data);
      this.setHeader('Content-Type', 'application/json');
    } else {
      this.body = typeof data === 'object' && data !== null ? formFields(data) : String(data ?? '');
      this.setHeader('Content-Type', 'application/x-www-form-urlencoded');
    }
  }

  setHeader(name: string, value: string): void {
    this.headers.set(name, value);
  }

  /**
   * Sends it and calls back once. When there is no response at all (no network, refused by CORS) the text is
   * `{"result":false,"error":"NETWORKERROR"}`: applications parse it without a look and show its error.
   */
  send(cbdata?: unknown, callback?: MesiboHttpCallback): void {
    void this.fetch().then((text) => callback && guarded(callback, undefined, [cbdata, text]));
  }

  private async fetch(): Promise<string> {
    try {
      const response = await fetch(this.url, {
        method: this.body === undefined ? 'GET' : 'POST',
        headers: Object.fromEntries(this.headers),
        body: this.body ?? null,
      });
      return await response.text();
    } catch {
      return JSON.stringify({ result: false, error: 'NETWORKERROR' });
    }
  }
}

function formFields(data: object): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(data)) fields.set(name, String(value));
  return fields.toString();
}
