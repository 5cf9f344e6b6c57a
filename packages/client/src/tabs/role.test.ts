import { array, assert, constantFrom, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerMs, nextRole, type Role, type RoleEffect, type RoleEvent } from './role.ts';

const pingMs = 5_000;

interface Tab {
  readonly id: string;
  role: Role;
  term: number;
  state: 'running' | 'frozen' | 'gone';
  /** What it will learn in its next turn; a frozen one, when it runs again. */
  waiting: RoleEvent[];
}

/** A browser with tabs: the lock with its queue, messages, and time. Tabs run one after the other. */
class Browser {
  now = 1_000;
  readonly tabs: Tab[] = [];
  #holder: Tab | undefined;
  #queue: Tab[] = [];

  open(): void {
    const tab: Tab = {
      id: `tab ${this.tabs.length}`,
      role: { name: 'out' },
      term: 0,
      state: 'running',
      waiting: [],
    };
    this.tabs.push(tab);
    this.#handle(tab, { type: 'join' });
  }

  freeze(tab: Tab): void {
    if (tab.state === 'running') tab.state = 'frozen';
  }

  thaw(tab: Tab): void {
    if (tab.state !== 'frozen') return;
    tab.state = 'running';
  }

  /** Every tab learns what it has to learn, and what follows from it. */
  settle(): void {
    const next = (): Tab | undefined =>
      this.tabs.find(({ state, waiting }) => state === 'running' && waiting.length > 0);
    for (let tab = next(); tab !== undefined; tab = next()) {
      const event = tab.waiting.shift();
      if (event !== undefined) this.#handle(tab, event);
    }
  }

  crash(tab: Tab): void {
    tab.state = 'gone';
    this.#release(tab);
  }

  close(tab: Tab): void {
    if (tab.state !== 'running') return;
    this.#handle(tab, { type: 'leave' });
    tab.state = 'gone';
  }

  /** Lets time pass in small steps; timers of frozen tabs do not run, and run late afterwards. */
  pass(ms: number): void {
    const end = this.now + ms;
    while (this.now < end) {
      this.now = Math.min(end, this.now + 500);
      for (const tab of this.tabs) {
        if (tab.state !== 'running' || !('deadline' in tab.role) || tab.role.deadline > this.now) continue;
        this.#handle(tab, { type: 'deadline' });
      }
      this.settle();
    }
  }

  get leading(): Tab[] {
    return this.tabs.filter(({ role, state }) => role.name === 'leading' && state === 'running');
  }

  get running(): Tab[] {
    return this.tabs.filter(({ state }) => state === 'running');
  }

  get holder(): Tab | undefined {
    return this.#holder;
  }

  /** Two lead only while one of them has yet to learn that it does not any more. */
  checkLead(): void {
    const knowing = this.leading.filter(({ waiting }) => waiting.every(({ type }) => type !== 'lost'));
    expect(knowing.length).toBeLessThanOrEqual(1);
  }

  #deliver(tab: Tab, event: RoleEvent): void {
    if (tab.state !== 'gone') tab.waiting.push(event);
  }

  #handle(tab: Tab, event: RoleEvent): void {
    const { role, effects } = nextRole(tab.role, event, this.now);
    tab.role = role;
    for (const effect of effects) this.#carryOut(tab, effect);
  }

  #carryOut(tab: Tab, effect: RoleEffect): void {
    switch (effect) {
      case 'request':
        this.#queue.push(tab);
        this.#grant();
        break;
      case 'steal': {
        this.#queue = this.#queue.filter((one) => one !== tab);
        const { holder } = this;
        this.#holder = tab;
        if (holder !== undefined) {
          // Who has not been told yet that he has it never is.
          holder.waiting = holder.waiting.filter(({ type }) => type !== 'granted');
          this.#deliver(holder, { type: 'lost' });
        }
        this.#deliver(tab, { type: 'granted' });
        break;
      }
      case 'release':
        this.#release(tab);
        break;
      case 'lead':
        tab.term = Math.max(...this.tabs.map(({ term }) => term)) + 1;
        this.#speak(tab);
        break;
      case 'ask':
        for (const other of this.leading) if (other !== tab) this.#speak(other);
        break;
      case 'hello':
      case 'cede':
        break;
    }
  }

  #speak(leader: Tab): void {
    const event: RoleEvent = { type: 'heard', leader: { tab: leader.id, term: leader.term }, pingMs };
    for (const tab of this.tabs) if (tab !== leader) this.#deliver(tab, event);
  }

  #release(tab: Tab): void {
    this.#queue = this.#queue.filter((one) => one !== tab);
    if (this.#holder !== tab) return;
    this.#holder = undefined;
    this.#grant();
  }

  #grant(): void {
    if (this.#holder !== undefined) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#holder = next;
    this.#deliver(next, { type: 'granted' });
  }
}

describe('the roles of tabs', () => {
  const actions = constantFrom('open', 'open', 'freeze', 'thaw', 'crash', 'close', 'settle', 'pass', 'pass');

  it('come to one leader, whom all others follow, whatever happens to the tabs', () => {
    assert(
      property(
        array(record({ action: actions, which: nat(20), ms: nat(9_000) }), { maxLength: 40 }),
        (steps) => {
          const browser = new Browser();
          browser.open();
          for (const { action, which, ms } of steps) {
            const tab = browser.tabs[which % browser.tabs.length];
            if (action === 'open') browser.open();
            else if (action === 'pass') browser.pass(ms);
            else if (action === 'settle') browser.settle();
            else if (tab !== undefined) browser[action](tab);
            browser.checkLead();
          }
          // Longer than anybody waits for anybody.
          browser.pass(4 * (pingMs + answerMs));
          if (browser.running.length === 0) return;
          const [leader] = browser.leading;
          expect(browser.leading).toHaveLength(1);
          expect(browser.holder).toBe(leader);
          for (const { role, state } of browser.tabs) {
            if (state === 'running' && role.name !== 'leading') {
              expect(role).toMatchObject({ name: 'following', leader: { tab: leader?.id } });
            }
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('stay as they are while the leader answers', () => {
    const browser = new Browser();
    for (let count = 0; count < 3; count += 1) browser.open();
    browser.settle();
    const [leader] = browser.leading;
    browser.pass(600_000);
    expect(browser.leading).toEqual([leader]);
  });

  it('do not change because the machine was asleep', () => {
    const browser = new Browser();
    browser.open();
    browser.open();
    browser.settle();
    const [leader] = browser.leading;
    for (const tab of browser.tabs) browser.freeze(tab);
    browser.pass(3_600_000);
    for (const tab of [...browser.tabs].reverse()) browser.thaw(tab);
    browser.pass(60_000);
    expect(browser.leading).toEqual([leader]);
  });
});
