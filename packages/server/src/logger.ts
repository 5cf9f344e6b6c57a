import { type Logger, pino } from 'pino';

/** The node's log, as lines of JSON on standard output. Fields that hold tokens and passwords are cut out. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretPaths, censor: '[secret]' },
  });
}

const secretPaths = ['token', '*.token', 'password', '*.password', 'req.headers.authorization'];
