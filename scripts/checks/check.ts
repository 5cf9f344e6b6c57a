/** A rule that the whole repository keeps. */
export interface Check {
  readonly name: string;
  /** What to do when it fails, in one line. */
  readonly remedy: string;
  /** Looks at the repository in this folder and says what breaks the rule, one line for each place. */
  run(root: string): Promise<readonly string[]>;
}
