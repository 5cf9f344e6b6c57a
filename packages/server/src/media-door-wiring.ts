import type { MediaDoor, MediaSessionDoor } from './http/index.ts';
import type { ServersFor } from './ice-servers.ts';
import type { MediaOperations, MediaTokens, RoomDevice } from './rooms/index.ts';

export interface MediaWiringOptions {
  /** Carried out by the node of the room. */
  readonly operations: MediaOperations;
  readonly tokens: MediaTokens;
  readonly serversFor: ServersFor;
}

/** Joins encoders and players with the rest of a node: their tokens, and the TURN servers that they may need. */
export function mediaDoor({ operations, tokens, serversFor }: MediaWiringOptions): MediaDoor {
  const linksFor = async (device: RoomDevice): Promise<string[]> => {
    const { servers } = await serversFor(device);
    return servers.flatMap((server) => server.urls.map((url) => iceLink(url, server)));
  };
  /** Who asks, as far as the bounds go of what a user may ask; who he is, the node of the room reads in the token. */
  const asking = (token: string): RoomDevice => {
    const { aid, uid } = tokens.read(token);
    return { aid, uid, address: '', dev: noDevice, tokenId: noDevice };
  };
  const door = (as: 'whip' | 'whep'): MediaSessionDoor => ({
    open: async (token, gid, sdp, played) => {
      const device = asking(token);
      const session = await operations['media.open'](device, { gid, as, token, sdp, played });
      return { ...session, links: await linksFor(device) };
    },
    find: async (token, gid, dev) => {
      await operations['media.find'](asking(token), { gid, as, token, dev });
    },
    end: async (token, gid, dev) => {
      await operations['media.end'](asking(token), { gid, as, token, dev });
    },
  });
  return {
    issue: (grant, seconds) => tokens.issue(grant, seconds),
    whip: door('whip'),
    whep: door('whep'),
  };
}

/** As RFC 9725 has it. The credentials are digits, letters, and what base64 has. */
function iceLink(url: string, { username, credential }: { username?: string; credential?: string }): string {
  const link = `<${url}>; rel="ice-server"`;
  if (username === undefined || credential === undefined) return link;
  return `${link}; username="${username}"; credential="${credential}"; credential-type="password"`;
}

const noDevice = -1;
