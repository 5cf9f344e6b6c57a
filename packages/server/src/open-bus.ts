import { randomUUID } from 'node:crypto';
import { type Bus, connectNatsBus, createInProcessBus, type NatsState } from '@stoa/bus';
import type { SettingStore } from '@stoa/storage';
import type { Logger } from 'pino';

export interface OpenBusOptions {
  readonly natsUrl: string | null;
  readonly settings: SettingStore;
  readonly logger: Logger;
}

/**
 * The bus to the other nodes of this installation, or to nobody. When the NATS server cannot be reached, it goes on
 * trying.
 */
export async function openBus({ natsUrl, settings, logger }: OpenBusOptions): Promise<Bus> {
  const onError = (error: unknown, subject: string): void =>
    logger.error({ err: error, subject }, 'the bus between nodes has a problem');
  if (natsUrl === null) return createInProcessBus({ onError });
  // What shares the database belongs together; what shares only the NATS server does not.
  const installation = await settings.setOnce('installation', randomUUID());
  return connectNatsBus({
    url: natsUrl,
    prefix: `stoa.${installation}`,
    name: 'stoa',
    onError,
    onState: logStates(logger),
  });
}

/** A line for each change, not for each attempt. */
function logStates(logger: Logger): (state: NatsState) => void {
  let known = '';
  return (state) => {
    const news = state.connected ? `connected to ${state.server}` : state.reason;
    if (news === known) return;
    known = news;
    if (state.connected) logger.info(`NATS: ${news}`);
    else
      logger.warn(
        `NATS cannot be reached (${news}). This node serves its users and tries again; messages to users of other nodes arrive late.`,
      );
  };
}
