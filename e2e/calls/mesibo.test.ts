import { startTestNode, type TestNode } from '@stoa/testkit';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PageServer, startPageServer } from '../support/page-server.ts';
import { Visitors } from '../support/visitors.ts';

const status = {
  ringing: 3,
  answer: 5,
  mute: 9,
  unmute: 10,
  hold: 11,
  channelUp: 48,
  complete: 64,
  cancel: 65,
  busy: 67,
};
const record = { missed: 21, incoming: 22, outgoing: 23 };

describe('applications that use mesibo.js', () => {
  let server: TestNode;
  let pages: PageServer;
  let visitors: Visitors;
  let users = 0;
  let v1: Page;
  let v2: Page;
  let old: string;
  let young: string;

  beforeAll(async () => {
    server = await startTestNode();
    pages = await startPageServer();
    visitors = await Visitors.launch();
  });
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors?.close();
    await pages?.close();
    await server?.close();
  });

  /** A program of each generation, online. */
  async function open(): Promise<void> {
    users += 1;
    [old, young] = [`old-${users}`, `young-${users}`];
    [v1, v2] = await Promise.all([visit('v1', old), visit('v2', young)]);
    await Promise.all([printed(v1, 'connection 1'), printed(v2, 'connection 1')]);
  }

  async function visit(generation: 'v1' | 'v2', address: string): Promise<Page> {
    const { token } = await server.addUser(address);
    const query = new URLSearchParams({ server: server.url, token });
    return visitors.visit(`${pages.url}/mesibo-${generation}.html?${query}`, {
      // Chromium asks its user before a page reaches a server on the same machine.
      permissions: ['local-network-access', 'camera', 'microphone'],
    });
  }

  it('call each other by video, whatever their generation', async () => {
    await open();
    expect(await run(v1, `place('${young}', true)`)).toBe(0);
    await printed(v2, `video call from ${old}`);
    await printed(v1, `call has status ${status.ringing}`);
    expect(await run(v2, 'api.answer(true)')).toBe(0);
    for (const page of [v1, v2]) {
      await printed(page, `call has status ${status.answer}`);
      await printed(page, `call has status ${status.channelUp}`);
    }
    await Promise.all([
      plays(v1, 'remoteVideo'),
      plays(v1, 'localVideo'),
      plays(v2, 'other'),
      plays(v2, 'own'),
    ]);
    await printed(v2, 'own tracks: 2');

    await run(v1, 'api.mute(true, false, false)');
    await printed(v2, `call has status ${status.mute}`);
    expect(await run(v1, 'api.getMuteStatus()')).toBe(1);
    await run(v1, 'api.mute(false, false, true)');
    await printed(v2, `call has status ${status.unmute}`);
    await run(v2, 'api.hold(true)');
    await printed(v1, `call has status ${status.hold}`);

    await run(v1, 'api.hangup(0)');
    for (const page of [v1, v2]) await printed(page, `call has status ${status.complete}`);
    await printed(v2, `record ${record.incoming} video`);
    await expect.poll(() => run(v1, `document.getElementById('remoteVideo').srcObject`)).toBe(null);

    // The other way round.
    expect(await run(v2, `place('${old}', true)`)).toBe(0);
    await printed(v1, `video call from ${young}`);
    await run(v1, 'api.answer(true)');
    await Promise.all([plays(v1, 'remoteVideo'), plays(v2, 'other')]);
    await run(v2, 'api.hangup()');
    await printed(v2, `record ${record.outgoing} video`);
    await printed(v1, `record ${record.incoming} video`);
  });

  it('decline a voice call, and miss one', async () => {
    await open();
    await run(v2, `place('${old}', false)`);
    await printed(v1, `voice call from ${young}`);
    await run(v1, 'api.hangup(0)');
    await printed(v2, `call has status ${status.busy}`);
    await printed(v1, `record ${record.incoming} voice 0 s`);

    await run(v1, `place('${young}', false)`);
    await printed(v2, `voice call from ${old}`);
    await run(v1, 'api.hangup(0)');
    await printed(v2, `call has status ${status.cancel}`);
    await printed(v2, `record ${record.missed} voice 0 s`);
  });

  it('are offered the call again when the page was loaded anew in the middle of it', async () => {
    await open();
    await run(v1, `place('${young}', true)`);
    await printed(v2, `video call from ${old}`);
    await run(v2, 'api.answer(true)');
    await Promise.all([plays(v1, 'remoteVideo'), plays(v2, 'other')]);
    await v2.reload();
    await printed(v2, `video call from ${old}`);
    expect(await run(v2, 'api.answer(true)')).toBe(0);
    await printed(v2, `call has status ${status.channelUp}`);
    await Promise.all([plays(v1, 'remoteVideo'), plays(v2, 'other')]);
    await run(v2, 'api.hangup(0)');
    await printed(v1, `call has status ${status.complete}`);
  });
});

/** Resolves when the page has printed the line. */
async function printed(page: Page, line: string): Promise<void> {
  await page.getByRole('listitem').filter({ hasText: line }).first().waitFor();
}

/** Runs a line of the page's own script. */
function run(page: Page, script: string): Promise<unknown> {
  return page.evaluate(script);
}

/** Resolves when the element has shown some more frames. */
async function plays(page: Page, id: string): Promise<void> {
  const shown = (): Promise<number> =>
    page.evaluate(
      (of) =>
        document.querySelector<HTMLVideoElement>(`#${of}`)?.getVideoPlaybackQuality().totalVideoFrames ?? 0,
      id,
    );
  const before = await shown();
  await page.waitForFunction(
    ([of, frames]) => {
      const video = document.querySelector<HTMLVideoElement>(`#${of}`);
      return (video?.getVideoPlaybackQuality().totalVideoFrames ?? 0) >= frames;
    },
    [id, before + 5] as const,
  );
}
