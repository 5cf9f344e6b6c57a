import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * @param {readonly string[]} names of the program, the best first
 * @param {string | undefined} path folders, separated as in the variable PATH
 * @param {readonly string[]} places full paths where it may be as well
 * @returns {string | undefined} path of the program
 */
export function findProgram(names, path, places = []) {
  const folders = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...places].find(isProgram);
}

/** @param {string} path */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
