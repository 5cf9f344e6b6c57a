import type { Played, Whep } from './whep.ts';
import type { Whip } from './whip.ts';

type Sessions = Pick<Whip, 'open' | 'find' | 'end'>;

interface OfSession {
  readonly gid: number;
  readonly as: 'whip' | 'whep';
  readonly token: string;
  readonly dev: number;
}

/**
 * What encoders and players ask of rooms, as operations, so that the node of the room carries it out like what devices
 * ask. The media token proves who asks, there as well.
 */
export function mediaOperations({
  whip,
  whep,
}: {
  readonly whip: Sessions;
  readonly whep: Pick<Whep, keyof Sessions>;
}) {
  const sessions = { whip, whep };
  return {
    'media.open': (
      _asking: object,
      {
        gid,
        as,
        token,
        sdp,
        played,
      }: Omit<OfSession, 'dev'> & { readonly sdp: string; readonly played: Played },
    ) => (as === 'whip' ? whip.open(token, gid, sdp) : whep.open(token, gid, sdp, played)),
    'media.find': async (_asking: object, { gid, as, token, dev }: OfSession) => {
      sessions[as].find(token, gid, dev);
      return {};
    },
    'media.end': async (_asking: object, { gid, as, token, dev }: OfSession) => {
      await sessions[as].end(token, gid, dev);
      return {};
    },
  };
}

export type MediaOperations = ReturnType<typeof mediaOperations>;
