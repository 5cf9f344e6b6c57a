/** The class `Http` of mesibo's script API: one request, whose answer comes to `ondata` and stays in `response`. */
export class ScriptHttp {
  url = '';
  /** Body of a POST; without it the request is a GET. */
  post: string | undefined;
  contentType = '';
  /** Lines of headers, or an object. */
  headers: string | Record<string, string> = {};
  ondata: ((http: ScriptHttp) => unknown) | undefined;
  response = '';
  respCode = 0;
  respType = '';
  #abort = new AbortController();

  /** False when it cannot be sent. With a listener, `ondata` is called when the answer is there, or could not be got. */
  send(listener: unknown = undefined): boolean {
    if (!URL.canParse(this.url)) return false;
    if (typeof listener === 'function') this.ondata = listener as ScriptHttp['ondata'];
    this.#abort = new AbortController();
    this.#run().finally(() => this.ondata?.call(this, this));
    return true;
  }

  abort(): void {
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const headers = new Headers(typeof this.headers === 'string' ? headerLines(this.headers) : this.headers);
    if (this.contentType !== '') headers.set('content-type', this.contentType);
    const body = this.post === undefined ? {} : { method: 'POST', body: this.post };
    try {
      const answer = await fetch(this.url, { headers, signal: this.#abort.signal, ...body });
      this.respCode = answer.status;
      this.respType = answer.headers.get('content-type') ?? '';
      this.response = await answer.text();
    } catch {
      this.respCode = 0;
      this.response = '';
    }
  }
}

function headerLines(lines: string): [string, string][] {
  return lines
    .split(/\r?\n/)
    .map((line) => line.split(/:\s*/, 2))
    .flatMap(([name = '', value = '']): [string, string][] => (name === '' ? [] : [[name, value]]));
}
