import { findProgram } from '../../../scripts/setup/find-program.mjs';

/** Whether the machine has a program, such as `ffmpeg`, which tests can do without. */
export function isInstalled(program: string): boolean {
  return findProgram([program], process.env.PATH) !== undefined;
}
