/** Something that only the person at the keyboard can mend, told in one line: what is wrong, and what to do. */
export class SetupProblem extends Error {
  /**
   * @param {string} problem
   * @param {string} remedy an instruction, without a full stop
   */
  constructor(problem, remedy) {
    super(`${problem}: ${remedy}.`);
    this.name = 'SetupProblem';
  }
}
