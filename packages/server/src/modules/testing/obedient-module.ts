/** A module that does what a message tells it, for the tests of this folder. */
import { defineModule, type ModuleContext } from '@stoa/server/module';

const tell = (context: ModuleContext, what: object): Promise<unknown> =>
  context.send({ aid: 1, from: 'reporter', to: 'reader', content: { text: JSON.stringify(what) } });

export const module = defineModule({
  name: 'obedient',
  onFailure: process.env.STOA_MODULE_ON_FAILURE === 'refuse' ? 'refuse' : 'pass',
  async onMessage({ content, gid }) {
    const [word, argument] = String(content.text).split(' ');
    switch (word) {
      case 'consume':
        return 'consume';
      case 'refuse':
        return { refuse: 'not here' };
      case 'reply':
        return { reply: 'a reply', consume: true, ...(gid === undefined ? {} : { from: 'reporter' }) };
      case 'wait':
        await new Promise((resolve) => setTimeout(resolve, Number(argument)));
        return 'pass';
      case 'throw':
        throw new Error('as it was told');
      case 'nonsense':
        return { nonsense: true } as never;
      case 'hang':
        return new Promise(() => {});
      case 'block':
        for (;;);
      case 'exit':
        return process.exit(1);
      case 'fill': {
        const kept: number[][] = [];
        for (;;) kept.push(Array.from({ length: 100_000 }, Math.random));
      }
      default:
        return { change: { ...content, text: `seen: ${content.text}` } };
    }
  },
  onMessageStatus: async ({ user, seq, status }, context) => {
    if (user !== 'reader') await tell(context, { user, seq, status });
  },
  onLogin: async ({ address, online }, context) => {
    if (address !== 'reader') await tell(context, { address, online });
  },
  onCall: ({ to }) => (to === 'reader' ? 'refuse' : 'pass'),
});
