/** A group whose first members are the first receivers. */
export interface LoadGroup {
  /** What the server knows it by. */
  readonly name: string;
  readonly size: number;
  /** Members that are in this process. */
  readonly members: number;
}

/** The phase in which one writes to a group of this size. */
export const phaseOf = (size: number, receipts: boolean): string =>
  `${size} ${receipts ? 'with' : 'without'} receipts`;
