import { turnServers } from './calls/index.ts';
import type { Directory } from './directory/index.ts';
import type { MediaDoor } from './http/index.ts';
import { type MediaSession, MediaTokens, type RoomDevice, type Rooms, Whep, Whip } from './rooms/index.ts';
import type { Settings } from './settings/index.ts';

export interface MediaWiringOptions {
  readonly rooms: Rooms;
  readonly requireMayJoin: (device: RoomDevice, gid: number) => Promise<void>;
  readonly directory: Directory;
  readonly settings: Settings;
  readonly secret: string;
  readonly now: () => number;
}

/** Joins encoders and players with the rest of a node: their tokens, and the TURN servers that they may need. */
export function mediaDoor({ settings, secret, now, ...options }: MediaWiringOptions): MediaDoor {
  const tokens = new MediaTokens({ secret, now });
  const whip = new Whip({ ...options, tokens });
  const whep = new Whep({ ...options, tokens });
  const turn = { urls: settings.turnUrls, secret: settings.turnSecret, seconds: settings.turnSeconds };
  const withLinks = (token: string, session: MediaSession) => {
    const { servers } = turnServers(turn, tokens.read(token).uid, now());
    return { ...session, links: servers.flatMap((server) => server.urls.map((url) => iceLink(url, server))) };
  };
  return {
    issue: (grant, seconds) => tokens.issue(grant, seconds),
    whip: {
      open: async (token, gid, sdp) => withLinks(token, await whip.open(token, gid, sdp)),
      find: (token, gid, dev) => whip.find(token, gid, dev),
      end: (token, gid, dev) => whip.end(token, gid, dev),
    },
    whep: {
      open: async (token, gid, sdp, played) => withLinks(token, await whep.open(token, gid, sdp, played)),
      find: (token, gid, dev) => whep.find(token, gid, dev),
      end: (token, gid, dev) => whep.end(token, gid, dev),
    },
  };
}

/** As RFC 9725 has it. The credentials are digits, letters, and what base64 has. */
function iceLink(url: string, { username, credential }: { username?: string; credential?: string }): string {
  const link = `<${url}>; rel="ice-server"`;
  if (username === undefined || credential === undefined) return link;
  return `${link}; username="${username}"; credential="${credential}"; credential-type="password"`;
}
