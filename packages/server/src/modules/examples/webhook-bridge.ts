import { defineModule } from '@stoa/server/module';

/** Where messages are asked about: STOA_MODULE_BRIDGE_URL. */
const url = process.env.STOA_MODULE_BRIDGE_URL ?? '';

/**
 * Asks an HTTP service about each message before it is stored. It answers with JSON: `{}` to let it pass,
 * `{"refuse": "a reason"}`, or `{"text": "another text"}`.
 */
export const module = defineModule({
  name: 'webhook bridge',
  async onMessage({ aid, from, to, gid, content }) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ aid, from, to, gid, text: content.text }),
    });
    if (!answer.ok) throw new Error(`The service has answered ${answer.status}.`);
    const { refuse, text } = (await answer.json()) as { refuse?: string; text?: string };
    if (refuse !== undefined) return { refuse };
    return text === undefined ? 'pass' : { change: { ...content, text } };
  },
});
