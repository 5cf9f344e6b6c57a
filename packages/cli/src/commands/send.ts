import { Command } from 'commander';
import { call } from '../api.ts';
import { apiOptions, forApp } from '../options.ts';
import { say } from '../output.ts';

/** `stoa send --from alice --to bob "Hello"` */
export function sendCommand(): Command {
  return forApp(new Command('send').argument('<text>').description('Send a message in the name of a user.'))
    .requiredOption('--from <address>', 'Sender.')
    .requiredOption('--to <address>', 'Receiver; repeat it for several.', collect)
    .option('--expiry <seconds>', 'Seconds for which it may wait for delivery.')
    .action(async (text: string, options) => {
      const { data } = await call<{ data: readonly { to: string; mid: number }[] }>(
        apiOptions(options, 'app'),
        'POST',
        '/messages',
        {
          from: options.from,
          to: options.to,
          content: { text },
          ...(options.expiry === undefined ? {} : { expiry: Number(options.expiry) }),
        },
      );
      for (const { to, mid } of data) say(`Stored message ${mid} for "${to}".`);
    });
}

function collect(address: string, before: readonly string[] = []): readonly string[] {
  return [...before, address];
}
