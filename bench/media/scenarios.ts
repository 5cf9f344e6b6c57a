import type { Metric } from '@stoa/cli/bench';
import type { StreamKind } from '@stoa/media';

export interface MediaScenario {
  readonly name: string;
  readonly title: string;
  readonly kind: StreamKind;
  readonly publishers: number;
  /** Whom each viewer sees; publishers view, too, when there are no others. */
  readonly viewers: number;
  readonly isMesh: boolean;
  /** Of each publisher. */
  readonly packetsPerSecond: number;
  /** Streams that reach a viewer: of many voices the loudest. */
  readonly mostPerViewer: number;
  /** Measured by forwarders that take less, too. */
  readonly engines: readonly string[];
}

const all = ['bare', 'stoa', 'janus'];

export const mediaScenarios: readonly MediaScenario[] = [
  oneToMany('1-50', 50, 1000, all),
  oneToMany('1-50-half', 50, 500, [...all, 'werift']),
  oneToMany('1-100', 100, 1000, all),
  {
    name: '10x10',
    title: '10 in a room, who see each other: 9,000 packets/s',
    kind: 'camera',
    publishers: 10,
    viewers: 10,
    isMesh: true,
    packetsPerSecond: 100,
    mostPerViewer: 9,
    engines: all,
  },
  {
    name: 'audio-50x50',
    title: '50 microphones, 50 who hear the loudest 6 of them: 15,000 packets/s',
    kind: 'microphone',
    publishers: 50,
    viewers: 50,
    isMesh: true,
    packetsPerSecond: 50,
    mostPerViewer: 6,
    engines: all,
  },
];

/** For a first look. */
export const quickScenarios: readonly string[] = ['1-50', '10x10'];

export const mediaMetrics: readonly Metric[] = [
  { name: 'rate', title: 'packets/s', digits: 0 },
  { name: 'share', title: '% of what should come', digits: 1 },
  { name: 'cpu', title: 'CPU-s per 1M', digits: 1 },
  { name: 'p50', title: 'p50 ms', digits: 2 },
  { name: 'p99', title: 'p99 ms', digits: 2 },
  { name: 'memory', title: 'MB per viewer', digits: 2 },
];

function oneToMany(
  name: string,
  viewers: number,
  packetsPerSecond: number,
  engines: readonly string[],
): MediaScenario {
  const total = (viewers * packetsPerSecond).toLocaleString('en-US');
  return {
    name,
    title: `1 publisher, ${viewers} viewers: ${total} packets/s`,
    kind: 'camera',
    publishers: 1,
    viewers,
    isMesh: false,
    packetsPerSecond,
    mostPerViewer: 1,
    engines,
  };
}
