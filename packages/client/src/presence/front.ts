import type { Link } from '../connection/index.ts';

/** Whether the application is in front of the user, in this page or in another one that shares the connection. */
export class Front {
  readonly #link: Pick<Link, 'online' | 'send'>;
  /** By page: of those that have said so. */
  readonly #pages = new Map<string, boolean>();
  /** What the server was told last. */
  #told = true;

  constructor(link: Pick<Link, 'online' | 'send'>) {
    this.#link = link;
  }

  /** For the first frame of a connection. */
  forHello(): boolean {
    this.#told = this.isIn;
    return this.#told;
  }

  /** What changed while the server could not be told. */
  connected(): void {
    if (this.isIn === this.#told) return;
    this.#told = this.isIn;
    this.#link.send({ t: 'front', on: this.#told });
  }

  /** Where nobody has said anything, there is no page that could be in the background. */
  get isIn(): boolean {
    return this.#pages.size === 0 || [...this.#pages.values()].includes(true);
  }

  /** `on`: undefined when the page is gone. */
  set(page: string, on: boolean | undefined): void {
    if (on === undefined) this.#pages.delete(page);
    else this.#pages.set(page, on);
    if (this.#link.online) this.connected();
  }
}
