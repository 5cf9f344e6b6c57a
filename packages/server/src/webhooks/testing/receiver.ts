/** The server of an app that is told of what happens: for the tests of this folder. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { until } from '@stoa/testkit';

export interface ReceivedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly text: string;
}

export interface ReceivedEvent extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly type: string;
}

/** Takes everything, unless it is told to answer otherwise. */
export class Receiver {
  /** What the next requests are answered with: a status, or anything. */
  readonly answers: (number | ((response: ServerResponse) => void))[] = [];
  readonly requests: ReceivedRequest[] = [];
  readonly #looks = new Set<() => void>();
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { headers, url: path = '' } = request;
    this.requests.push({ headers, path, text: Buffer.concat(chunks).toString() });
    const answer = this.answers.shift() ?? 200;
    if (typeof answer === 'function') answer(response);
    else response.writeHead(answer).end('MESIBO OK');
    for (const look of this.#looks) look();
  });

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/hook`;
  }

  /** The events of all requests in the JSON forms. */
  get events(): ReceivedEvent[] {
    return this.requests.flatMap(({ text }) => (JSON.parse(text) as { events: ReceivedEvent[] }).events);
  }

  /** Resolves when so many requests have come. */
  async got(count: number): Promise<void> {
    await this.#until(() => this.requests.length >= count, `${count} requests`);
  }

  /** The first event for which this is true. */
  async event(matches: (event: ReceivedEvent) => boolean, what: string): Promise<ReceivedEvent> {
    await this.#until(() => this.events.some(matches), what);
    return this.events.find(matches) ?? { id: '', type: '' };
  }

  #until(condition: () => boolean, what: string): Promise<void> {
    return until(
      condition,
      (look) => {
        this.#looks.add(look);
        return () => this.#looks.delete(look);
      },
      what,
      40_000,
    );
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
