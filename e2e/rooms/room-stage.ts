import { WorkerEngine } from '@stoa/media';
import { groupFlags } from '@stoa/protocol';
import { startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { type CallPages, startCallPages } from '../calls/pages.ts';
import { Visitors } from '../support/visitors.ts';
import type { RoomHarness } from './page-script.ts';

declare global {
  /** In the page. */
  const roomPage: RoomHarness;
}

/** Two cores, and browsers that encode and decode. */
export const patience = { timeout: 60_000, interval: 200 };

/** How a page of a room is: its camera, and how large it shows what it sees. */
export interface PageOptions {
  /** Pixels and pictures per second of its camera; few when nothing is said. */
  readonly camera?: { readonly height: number; readonly rate: number };
  /** Pixels in which it shows each stream; 180 when nothing is said. */
  readonly size?: number;
  /** Pixels in which it has streams sent, which it does not show. */
  readonly takes?: number;
  /** Whether its media goes through the TURN server only. */
  readonly relay?: boolean;
}

/** A node with rooms, and a browser for those who are in them. */
export class RoomStage {
  readonly node: TestNode;
  readonly engine: WorkerEngine;
  readonly visitors: Visitors;
  readonly #pages: CallPages;
  #groups = 0;

  static async open(env: Record<string, string> = {}): Promise<RoomStage> {
    const engine = new WorkerEngine({ bindAddress: '127.0.0.1', workers: 1 });
    const [node, pages, visitors] = await Promise.all([
      startTestNode({ media: engine, env }),
      startCallPages(new URL('page-script.ts', import.meta.url)),
      // Chromium's second and third take other kinds of pictures.
      Visitors.launch({ cameras: 4 }),
    ]);
    return new RoomStage(node, engine, visitors, pages);
  }

  private constructor(node: TestNode, engine: WorkerEngine, visitors: Visitors, pages: CallPages) {
    this.node = node;
    this.engine = engine;
    this.visitors = visitors;
    this.#pages = pages;
  }

  /** New users, who may all publish in the room of a new group. */
  async newRoom(...names: readonly string[]): Promise<{ gid: number; people: TestUser[] }> {
    this.#groups += 1;
    const addresses = names.map((name) => `${name}-${this.#groups}`);
    const people = await Promise.all(addresses.map((address) => this.node.addUser(address)));
    const gid = await this.newGroup(addresses);
    return { gid, people };
  }

  async newGroup(addresses: readonly string[]): Promise<number> {
    const { group } = await this.node.backend('groupadd', {
      group: { name: 'Band', flags: groupFlags.publishBySelected, members: { m: addresses.join(',') } },
    });
    const { gid } = group as { gid: number };
    await this.permit(gid, addresses, true);
    return gid;
  }

  async permit(gid: number, users: readonly string[], pub: boolean): Promise<void> {
    const permissions = { send: true, recv: true, pub, sub: true, list: true };
    await this.node.backend('groupeditmembers', {
      group: { gid, members: { m: users.join(','), permissions } },
    });
  }

  /** The address of a user's page, which is in no room yet. */
  addressOf(
    { token }: TestUser,
    { camera = { height: 180, rate: 10 }, size, takes, relay }: PageOptions = {},
  ): string {
    const query = new URLSearchParams({ server: this.node.url, token });
    query.set('camera', JSON.stringify(camera));
    if (size !== undefined) query.set('size', String(size));
    if (takes !== undefined) query.set('takes', String(takes));
    if (relay === true) query.set('relay', 'only');
    return `${this.#pages.url}/?${query}`;
  }

  visit(user: TestUser, options?: PageOptions): Promise<Page> {
    return this.visitors.visit(this.addressOf(user, options), {
      permissions: ['camera', 'microphone', 'local-network-access'],
    });
  }

  /** Opens a page that is in the room, with camera and microphone unless it only looks on. */
  async enter(
    gid: number,
    user: TestUser,
    { publishes = true, ...options }: PageOptions & { publishes?: boolean } = {},
  ): Promise<Page> {
    const page = await this.visit(user, options);
    await page.evaluate((of) => roomPage.join(of), gid);
    if (publishes) await page.evaluate(() => roomPage.publish());
    return page;
  }

  /** Everybody in the room of a new group, with camera and microphone. */
  async meet(...names: readonly string[]) {
    const { gid, people } = await this.newRoom(...names);
    const pages = await Promise.all(people.map((user) => this.enter(gid, user)));
    return { gid, people, addresses: people.map(({ address }) => address), pages };
  }

  /** What the server has counted of the room that this page is in. */
  async statistics(gid: number, page: Page) {
    const session = await page.evaluate(() => roomPage.session);
    const { participants } = await this.engine.statistics(`${gid}-${session}-1`);
    return participants;
  }

  async close(): Promise<void> {
    await this.visitors.close();
    await this.#pages.close();
    await this.node.close();
  }
}

export function received(page: Page, user: string, sid = 0) {
  return page.evaluate(([of, number]) => roomPage.received(of, number), [user, sid] as const);
}

/** Waits until more pictures of the stream are decoded than there were: of this height, if one is given. */
export async function sees(page: Page, user: string, sid = 0, height?: number): Promise<void> {
  let first: number | undefined;
  const seen = async (): Promise<number> => {
    const now = await received(page, user, sid);
    if (now === undefined || (height !== undefined && now.height !== height)) first = undefined;
    else first ??= now.frames;
    return first === undefined || now === undefined ? 0 : now.frames - first;
  };
  await expect.poll(seen, patience).toBeGreaterThan(3);
}

/** Waits until there is nothing of the stream. */
export async function seesNoMore(page: Page, user: string): Promise<void> {
  await expect.poll(() => received(page, user), patience).toBeUndefined();
}

/** Waits until each of these is seen and heard from now on. */
export async function seesAndHears(page: Page, users: readonly string[]): Promise<void> {
  await page.evaluate(() => roomPage.forget());
  await expect.poll(() => page.evaluate((of) => roomPage.missing(of), users), patience).toEqual([]);
}

export const logOf = (page: Page): Promise<string[]> => page.evaluate(() => roomPage.log);
