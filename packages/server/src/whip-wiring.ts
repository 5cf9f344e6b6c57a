import { turnServers } from './calls/index.ts';
import type { Directory } from './directory/index.ts';
import type { WhipDoor } from './http/index.ts';
import { MediaTokens, type RoomDevice, type Rooms, Whip } from './rooms/index.ts';
import type { Settings } from './settings/index.ts';

export interface WhipWiringOptions {
  readonly rooms: Rooms;
  readonly requireMayJoin: (device: RoomDevice, gid: number) => Promise<void>;
  readonly directory: Directory;
  readonly settings: Settings;
  readonly secret: string;
  readonly now: () => number;
}

/** Joins encoders with the rest of a node: their tokens, and the TURN servers that they may need. */
export function whipDoor({ settings, secret, now, ...options }: WhipWiringOptions): WhipDoor {
  const tokens = new MediaTokens({ secret, now });
  const whip = new Whip({ ...options, tokens });
  const turn = { urls: settings.turnUrls, secret: settings.turnSecret, seconds: settings.turnSeconds };
  return {
    issue: (grant, seconds) => tokens.issue(grant, seconds),
    open: async (token, gid, sdp) => {
      const session = await whip.open(token, gid, sdp);
      const { servers } = turnServers(turn, tokens.read(token).uid, now());
      return {
        ...session,
        links: servers.flatMap((server) => server.urls.map((url) => iceLink(url, server))),
      };
    },
    find: (token, gid, dev) => whip.find(token, gid, dev),
    end: (token, gid, dev) => whip.end(token, gid, dev),
  };
}

/** As RFC 9725 has it. The credentials are digits, letters, and what base64 has. */
function iceLink(url: string, { username, credential }: { username?: string; credential?: string }): string {
  const link = `<${url}>; rel="ice-server"`;
  if (username === undefined || credential === undefined) return link;
  return `${link}; username="${username}"; credential="${credential}"; credential-type="password"`;
}
