#!/usr/bin/env node
import { Command } from 'commander';
import { appCommand } from './commands/app.ts';
import { benchCommand } from './commands/bench.ts';
import { groupCommand } from './commands/group.ts';
import { playCommand } from './commands/play.ts';
import { recordingCommand } from './commands/recording.ts';
import { sendCommand } from './commands/send.ts';
import { tokenCommand } from './commands/token.ts';
import { userCommand } from './commands/user.ts';
import { fail } from './output.ts';

const program = new Command('stoa')
  .description('Stoa: messaging on your own server.')
  .showHelpAfterError('Run "stoa --help" for help.');
for (const command of [
  await serveCommand(),
  appCommand(),
  userCommand(),
  groupCommand(),
  recordingCommand(),
  playCommand(),
  tokenCommand(),
  sendCommand(),
  benchCommand(),
]) {
  program.addCommand(command);
}

await program.parseAsync().catch(fail);

/** The server is only loaded to run it: the other commands should answer at once. */
async function serveCommand(): Promise<Command> {
  if (!process.argv.includes('serve')) return new Command('serve').description('Run the server.');
  return (await import('./commands/serve.ts')).serveCommand();
}
