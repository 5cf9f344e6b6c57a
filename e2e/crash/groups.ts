import { backend } from '@stoa/testkit';
import type { Model } from './model.ts';
import { addresses, witness } from './naming.ts';
import type { Topology } from './topology.ts';

/** The groups of a run, and what makes people members of them. */
export class Groups {
  readonly gids: readonly number[];
  readonly #model: Model;
  readonly #topology: Topology;
  /** Of each user and group, the last call that was begun: calls come one after the other. */
  readonly #last = new Map<string, Promise<void>>();

  /** One that all users are members of, and one that the first is. */
  static async make(topology: Topology, model: Model): Promise<Groups> {
    const members = [addresses, addresses.slice(0, 1)];
    const gids: number[] = [];
    for (const [index, names] of members.entries()) {
      const url = topology.nodes[0]?.url ?? '';
      const m = [witness, ...names].join();
      const answer = await backend(url, 'groupadd', { group: { name: `group ${index}`, members: { m } } });
      const { gid } = answer.group as { gid: number };
      gids.push(gid);
      for (const user of names) model.memberships.begin({ gid, user, joins: true, began: -2 }).ended = -1;
    }
    return new Groups(gids, topology, model);
  }

  private constructor(gids: readonly number[], topology: Topology, model: Model) {
    this.gids = gids;
    this.#topology = topology;
    this.#model = model;
  }

  /** Asks node after node until one has done it, as the back end of an application would. */
  change(gid: number, user: string, joins: boolean): Promise<void> {
    const name = `${gid} ${user}`;
    const done = (this.#last.get(name) ?? Promise.resolve()).then(async () => {
      const call = this.#model.memberships.begin({ gid, user, joins, began: this.#model.time });
      const end = Date.now() + patienceMs;
      for (let attempt = 0; !(await this.#attempt(attempt, gid, user, joins)); attempt++) {
        if (Date.now() >= end) throw new Error(`no node changed the membership of ${user} in ${gid}`);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      call.ended = this.#model.time;
    });
    this.#last.set(name, done);
    return done;
  }

  /** Waits for the answer for as long as the node lives: what was given up could be done later all the same. */
  async #attempt(attempt: number, gid: number, user: string, joins: boolean): Promise<boolean> {
    const { nodes } = this.#topology;
    const url = nodes[attempt % nodes.length]?.url ?? '';
    const members = { m: user, ...(joins ? {} : { remove: 1 }) };
    const answer = await backend(url, 'groupeditmembers', { group: { gid, members } }).catch(() => undefined);
    return answer?.result === true;
  }
}

const patienceMs = 60_000;
/** Between two attempts. */
const pauseMs = 50;
