/** Where the value of a setting came from. */
export type SettingSource = 'flag' | 'environment' | 'config file' | 'default';

export interface SettingProblem {
  /** The setting as the operator wrote it: `PORT`, `--port`, or `port` and the file. */
  readonly setting: string;
  /** What is wrong, and what it should be. */
  readonly problem: string;
}

/** Settings that cannot be used: all of them, so that they can be mended in one go. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[]) {
    super(problems.map(({ setting, problem }) => `${setting} ${problem}.`).join('\n'));
    this.problems = problems;
  }
}
