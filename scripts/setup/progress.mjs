const TERMINAL_INTERVAL_MS = 250;
const LOG_INTERVAL_MS = 5_000;

/**
 * Shows how much of a long job is done: on a terminal a line that rewrites itself, in a log a line now and then.
 * @param {string} title
 * @param {number} total
 * @param {() => number} done
 * @returns {() => void} ends it
 */
export function showProgress(title, total, done) {
  const terminal = process.stdout.isTTY;
  const show = () => {
    const line = `stoa: ${title}, ${done()} of ${total}`;
    process.stdout.write(terminal ? `\r\x1b[K${line}` : `${line}\n`);
  };
  show();
  const timer = setInterval(show, terminal ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS);
  return () => {
    clearInterval(timer);
    if (terminal) process.stdout.write('\n');
  };
}
