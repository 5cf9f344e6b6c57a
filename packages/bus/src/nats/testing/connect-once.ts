/** Connects to the URL of the first argument, and says what came of it. Certificates are trusted by the environment. */
import { connectNatsBus } from '../nats-bus.ts';

const bus = await connectNatsBus({
  url: process.argv[2] ?? '',
  prefix: 'stoa.test',
  onState: (state) => console.log(state.connected ? 'connected' : state.reason),
});
await bus.close();
