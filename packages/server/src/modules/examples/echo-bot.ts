import { defineModule } from '@stoa/server/module';

/** The user who answers. The app makes him like any other. */
const bot = process.env.STOA_MODULE_BOT ?? 'echo';

/** A bot that says what it is told. */
export const module = defineModule({
  name: 'echo bot',
  onMessage({ to, event, content }) {
    if (to !== bot || event !== undefined || content.text === undefined) return 'pass';
    return { reply: `You said: ${content.text}` };
  },
});
