import { describe, expect, it } from 'vitest';
import type { Command } from './commands.ts';
import { run } from './run.ts';
import { oneNode, type StartTopology } from './topology.ts';

/**
 * The test of the crash test: servers that break a promise, which it must notice. So that it surely comes to that, the
 * course of events ends with what the fault shows in; crash.test.ts shows that a server without it passes.
 */
describe('the crash test finds', { timeout: 300_000 }, () => {
  it('a server that commits without a sync, when its power is lost', () =>
    expectToFind(/was acknowledged and is lost/, oneNode({ power: 'unsynced' }), [
      ...devices.map(much),
      rest,
      { do: 'restart-node', node: 0, signal: 'SIGKILL', after: 0 },
    ]));

  it('a server that ignores the idempotency key, when answers are lost', () =>
    expectToFind(/stands twice/, oneNode({ program: 'mutants/forgetful-node.ts' }), [
      rest,
      ...devices.flatMap((device) => [
        { do: 'lose-answers', device, after: 40 } as const,
        much(device),
        goOn,
      ]),
    ]));

  async function expectToFind(problem: RegExp, topology: StartTopology, ending: Command[]): Promise<void> {
    const { problems } = await run({ seed: 31, topology, length: 30, ending, settleMs: 15_000 });
    expect(problems).toContainEqual(expect.stringMatching(problem));
  }

  const devices = [0, 1, 2, 3, 4, 5];
  const much = (device: number): Command => ({ do: 'send', device, to: device + 1, count: 20, size: 0 });
  const rest: Command = { do: 'rest', ms: 30_000 };
  const goOn: Command = { do: 'go-on', observations: 60 };
});
