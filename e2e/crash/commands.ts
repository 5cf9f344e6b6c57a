import { type Arbitrary, array, constant, constantFrom, nat, oneof, record } from 'fast-check';

/**
 * What can happen. Numbers name users, devices, nodes and groups, modulo how many there are; `to` and `peer` name a user, or
 * a group behind the last user.
 */
export type Command =
  | {
      readonly do: 'send';
      readonly device: number;
      readonly to: number;
      readonly count: number;
      readonly size: number;
    }
  /** Reads all but the newest `but` messages. */
  | {
      readonly do: 'read';
      readonly device: number;
      readonly peer: number;
      readonly but: number;
      readonly receipt: boolean;
    }
  /** Edits or recalls the newest message of the user but `but`, sent from this device or another one of his. */
  | {
      readonly do: 'edit' | 'recall';
      readonly device: number;
      readonly peer: number;
      readonly but: number;
    }
  /** The line of a device fails after so many observations: reset, silent, reset again and again, slow. */
  | { readonly do: 'cut' | 'stall' | 'refuse' | 'slow'; readonly device: number; readonly after: number }
  /** Answers do not reach the device any more, and after so many observations its line is reset. */
  | { readonly do: 'lose-answers'; readonly device: number; readonly after: number }
  /** The line is mended. */
  | { readonly do: 'resume'; readonly device: number }
  /** The application ends in order, or is killed, or starts again. */
  | { readonly do: 'leave' | 'open'; readonly device: number }
  | {
      readonly do: 'crash';
      readonly device: number;
      readonly point: 'now' | 'before-commit' | 'after-commit';
    }
  /** A user joins a group or leaves it, after so many observations. */
  | {
      readonly do: 'membership';
      readonly group: number;
      readonly user: number;
      readonly joins: boolean;
      readonly after: number;
    }
  /** The user signs in on one device more. */
  | { readonly do: 'add-device'; readonly user: number }
  /** The device connects to another node. */
  | { readonly do: 'roam'; readonly device: number; readonly node: number }
  /** A node ends after so many observations, and is started again. */
  | {
      readonly do: 'restart-node';
      readonly node: number;
      readonly signal: 'SIGKILL' | 'SIGTERM';
      readonly after: number;
    }
  /** The database or the bus of the nodes ends after so many observations, and is started again. */
  | {
      readonly do: 'restart-service';
      readonly service: number;
      readonly how: 'kill' | 'stop';
      readonly after: number;
    }
  /** Until so many things have been observed, or for a moment. */
  | { readonly do: 'go-on'; readonly observations: number }
  /** All faults end, until everything has come to rest or for that long. Not part of random courses. */
  | { readonly do: 'rest'; readonly ms: number };

const device = nat(11);
const user = nat(5);
/** Users and groups: a multiple of their number. */
const target = nat(9);
const node = nat(3);

const weighted: { weight: number; arbitrary: Arbitrary<Command> }[] = [
  {
    weight: 20,
    arbitrary: record({
      do: constant('send' as const),
      device,
      to: target,
      count: constantFrom(1, 1, 2, 5, 20),
      size: constantFrom(0, 0, 0, 100, 3_000, 40_000),
    }),
  },
  {
    weight: 8,
    arbitrary: record({
      do: constant('read' as const),
      device,
      peer: target,
      but: constantFrom(0, 0, 0, 1, 5),
      receipt: oneof({ weight: 3, arbitrary: constant(true) }, { weight: 1, arbitrary: constant(false) }),
    }),
  },
  {
    weight: 8,
    arbitrary: record({
      do: constantFrom('edit' as const, 'edit' as const, 'edit' as const, 'recall' as const),
      device,
      peer: target,
      but: constantFrom(0, 0, 1, 3),
    }),
  },
  {
    weight: 8,
    arbitrary: record({
      do: constantFrom('cut' as const, 'cut' as const, 'stall' as const, 'refuse' as const, 'slow' as const),
      device,
      after: nat(12),
    }),
  },
  { weight: 4, arbitrary: record({ do: constant('lose-answers' as const), device, after: nat(60) }) },
  { weight: 8, arbitrary: record({ do: constant('resume' as const), device }) },
  { weight: 2, arbitrary: record({ do: constant('leave' as const), device }) },
  {
    weight: 4,
    arbitrary: record({
      do: constant('crash' as const),
      device,
      point: constantFrom('now' as const, 'before-commit' as const, 'after-commit' as const),
    }),
  },
  { weight: 8, arbitrary: record({ do: constant('open' as const), device }) },
  {
    weight: 6,
    arbitrary: record({
      do: constant('membership' as const),
      group: nat(3),
      user,
      joins: oneof({ weight: 3, arbitrary: constant(true) }, { weight: 2, arbitrary: constant(false) }),
      after: nat(30),
    }),
  },
  { weight: 1, arbitrary: record({ do: constant('add-device' as const), user }) },
  { weight: 2, arbitrary: record({ do: constant('roam' as const), device, node }) },
  {
    weight: 3,
    arbitrary: record({
      do: constant('restart-node' as const),
      node,
      after: nat(40),
      signal: constantFrom('SIGKILL' as const, 'SIGKILL' as const, 'SIGKILL' as const, 'SIGTERM' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: record({
      do: constant('restart-service' as const),
      service: nat(3),
      how: constantFrom('kill' as const, 'stop' as const),
      after: nat(40),
    }),
  },
  { weight: 16, arbitrary: record({ do: constant('go-on' as const), observations: nat(60) }) },
];

/** A course of events of this length. */
export function schedule(length: number): Arbitrary<Command[]> {
  return array(oneof(...weighted), { minLength: length, maxLength: length, size: 'max' });
}
