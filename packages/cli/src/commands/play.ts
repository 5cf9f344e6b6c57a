import { Command } from 'commander';
import { call } from '../api.ts';
import { apiOptions, forApp } from '../options.ts';
import { say } from '../output.ts';
import { openWhip } from '../play/whip-session.ts';

interface MediaToken {
  readonly token: string;
  /** Without an address of the server when it does not know its own. */
  readonly url: string;
}

/** `stoa play <files...>` */
export function playCommand(): Command {
  return forApp(
    new Command('play').description(
      'Publish WebM files (Opus, VP8, VP9) into a room, as a user: one sound and one picture.',
    ),
  )
    .argument('<files...>')
    .option('--room <gid>', 'Group whose room it is.')
    .option('--as <address>', 'User who publishes; the app token has to be given.')
    .option('--loop', 'Begin again at the end, until it is interrupted.')
    .option('--whip <address>', 'Endpoint of any WHIP server, instead of a room.')
    .option('--bearer <token>', 'Token for that endpoint.')
    .action(async (files: string[], options) => {
      // Native code, which other commands need not wait for.
      const { FilePlayer } = await import('@stoa/media');
      const player = await FilePlayer.open(files, { loop: options.loop === true });
      try {
        const { endpoint, token } = await whereTo(options);
        const session = await openWhip(endpoint, token, player.offer);
        const interrupted = new AbortController();
        process.once('SIGINT', () => interrupted.abort()).once('SIGTERM', () => interrupted.abort());
        try {
          player.accept(session.answer);
          say(`Playing ${files.join(', ')} (${lengthOf(player.durationMs)}).`);
          await player.play(interrupted.signal);
          say(interrupted.signal.aborted ? 'Stopped.' : 'That was all.');
        } finally {
          await session.end();
        }
      } finally {
        player.close();
      }
      // Native threads would keep the process for minutes after their last connection.
      process.exit();
    });
}

interface Options {
  readonly url: string;
  readonly token?: string;
  readonly room?: string;
  readonly as?: string;
  readonly whip?: string;
  readonly bearer?: string;
}

async function whereTo(options: Options): Promise<{ endpoint: string; token: string }> {
  const { room, as: address, whip, bearer } = options;
  if (whip !== undefined) return { endpoint: whip, token: bearer ?? '' };
  if (room === undefined || address === undefined) {
    throw new Error('Where to is missing. Give --room and --as, or --whip with --bearer.');
  }
  const api = apiOptions(options, 'app');
  const path = `/groups/${encodeURIComponent(room)}/media-tokens`;
  const { token, url } = await call<MediaToken>(api, 'POST', path, { address });
  return { endpoint: new URL(url, api.url).href, token };
}

function lengthOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
