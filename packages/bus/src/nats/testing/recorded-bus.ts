import { until } from '@stoa/testkit';
import type { Bus } from '../../bus.ts';
import { connectNatsBus, type NatsBusOptions, type NatsState } from '../nats-bus.ts';

/** A bus that tells what became of it. */
export interface RecordedBus {
  readonly bus: Bus;
  readonly states: readonly NatsState[];
  readonly errors: readonly unknown[];
  /** Resolves when the bus is connected, or is not. */
  connected(is: boolean): Promise<void>;
  /** Resolves when the bus is, or was, connected to this server. */
  connectedTo(server: string): Promise<void>;
  /** Subscribes, and writes down what comes: the `value` of events, `lost` for `onLost`. */
  record(subject: string): Promise<Recording>;
}

export interface Recording {
  readonly heard: readonly unknown[];
  /** Resolves when this was heard, with all that was heard so far. */
  until(value: unknown): Promise<readonly unknown[]>;
}

export async function recordedBus(
  options: Omit<NatsBusOptions, 'onError' | 'onState'>,
): Promise<RecordedBus> {
  const states: NatsState[] = [];
  const errors: unknown[] = [];
  let changed = (): void => {};
  const onChange = (look: () => void): (() => void) => {
    changed = look;
    return () => {};
  };
  const bus = await connectNatsBus({
    ...options,
    onError: (error) => {
      errors.push(error);
    },
    onState: (state) => {
      states.push(state);
      changed();
    },
  });
  return {
    bus,
    states,
    errors,
    connected: (is) =>
      until(
        () => bus.connected === is,
        onChange,
        is ? 'the bus to be connected' : 'the bus to notice',
        30_000,
      ),
    connectedTo: (server) =>
      until(
        () => states.some((state) => state.connected && state.server === server),
        onChange,
        `the bus to be connected to ${server}`,
      ),
    async record(subject) {
      const heard: unknown[] = [];
      let came = (): void => {};
      const hear = (value: unknown): void => {
        heard.push(value);
        came();
      };
      await bus.subscribe(
        subject,
        (event) => hear('value' in event ? event.value : event),
        () => hear(lost),
      );
      return {
        heard,
        until: async (value) => {
          await until(
            () => heard.includes(value),
            (look) => {
              came = look;
              return () => {};
            },
            `${String(value).slice(0, 20)} (heard ${heard.map((one) => String(one).slice(0, 20)).join()})`,
          );
          return heard;
        },
      };
    },
  };
}

export const lost = 'lost';

export function say(bus: Bus, subject: string, value: unknown): void {
  const event = { type: 'test', value };
  bus.publish(subject, event);
}
