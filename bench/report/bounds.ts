/** What Stoa may cost in relation to a peer, in the same run. */
export interface Bound {
  readonly scenario: string;
  /** The figure of Stoa … */
  readonly figure: string;
  /** … and what it is divided by. */
  readonly of: { readonly peer: string; readonly scenario: string; readonly figure: string };
  readonly title: string;
  readonly most: number;
}

function against(
  peer: string,
  scenario: string,
  figure: string,
  title: string,
  most: number,
  of: { readonly scenario: string; readonly figure: string } = { scenario, figure },
): Bound {
  return { scenario, figure, of: { peer, ...of }, title: `${title} / ${peer}`, most };
}

/** Storing and draining are compared with what the relay takes to pass a message on: it stores nothing. */
const passingOn = { scenario: 'pairs', figure: 'cpu' };

/** @param sizes the numbers of idle connections and of members of groups that were measured */
export function bounds({
  connections,
  groupMembers,
}: {
  readonly connections: readonly number[];
  readonly groupMembers: readonly number[];
}): Bound[] {
  return [
    ...groupMembers.flatMap((size) => [
      against('relay', 'groups', `cpu${size}`, `CPU per delivery to ${size}, with receipts`, 1.3),
      against('relay', 'groups', `cpu${size}off`, `CPU per delivery to ${size}, without`, 1),
      against('relay', 'groups', `p99${size}`, `p99 to the last of ${size}`, 2),
    ]),
    ...connections.map((count) =>
      against('relay', 'idle', `bytes${count}`, `bytes per idle connection at ${count}`, 2),
    ),
    against('relay', 'pairs', 'cpu', 'server CPU per message', 2),
    against('socket.io', 'pairs', 'cpu', 'server CPU per message', 0.35),
    against('relay', 'pairs', 'p99', 'p99', 2),
    against('relay', 'offline', 'store', 'CPU to store a message', 1, passingOn),
    against('relay', 'offline', 'drain', 'CPU to drain a message', 1, passingOn),
    against('relay', 'reconnect', 'cpu', 'CPU per reconnect', 2.5),
    against('relay', 'reconnect', 'seconds', 'time until all are live', 1.5),
  ];
}
