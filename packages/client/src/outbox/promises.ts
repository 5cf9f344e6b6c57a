import { type Deferred, deferred } from '../deferred.ts';

/** What those were promised who handed something in, by the id of the send. */
export class Promises<T> {
  readonly #promised = new Map<number, Deferred<T>>();

  /** The same one every time, until it is settled. */
  of(id: number): Promise<T> {
    const promised = this.#promised.get(id) ?? deferred<T>();
    this.#promised.set(id, promised);
    return promised.promise;
  }

  resolve(id: number, value: T): void {
    this.#take(id)?.resolve(value);
  }

  /** False when nobody was promised anything. */
  reject(id: number, error: Error): boolean {
    const promised = this.#take(id);
    promised?.reject(error);
    return promised !== undefined;
  }

  /** It depends on something else now. */
  settleWith(id: number, other: Promise<T>): void {
    const promised = this.#take(id);
    if (promised !== undefined) other.then(promised.resolve, promised.reject);
  }

  #take(id: number): Deferred<T> | undefined {
    const promised = this.#promised.get(id);
    this.#promised.delete(id);
    return promised;
  }
}
