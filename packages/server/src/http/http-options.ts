import type { FastifyBaseLogger } from 'fastify';
import type { Access } from '../access/index.ts';
import type { Administrator, Apps } from '../apps/index.ts';
import type { Blocking } from '../blocking/index.ts';
import type { Devices } from '../devices/index.ts';
import type { Erasures } from '../erasure/index.ts';
import type { UserExport } from '../export/index.ts';
import type { Files } from '../files/index.ts';
import type { BackendGroupMessage, Groups, Joining } from '../groups/index.ts';
import type { Limits } from '../limits/index.ts';
import type { BackendChange, BackendMark, BackendMessage, BackendReading } from '../messages/index.ts';
import type { Metrics } from '../metrics/index.ts';
import type { Otps } from '../otp/index.ts';
import type { Profiles } from '../profiles/index.ts';
import type { PushActions } from '../push/index.ts';
import type { Recordings } from '../recordings/index.ts';
import type { MediaSession, MediaTokens, Played } from '../rooms/index.ts';
import type { Settings } from '../settings/index.ts';
import type { Users } from '../users/index.ts';
import type { Webhooks } from '../webhooks/index.ts';

/**
 * Resolves when the message is committed. Rejects with a StoaError: NOT_FOUND for the sender, INVALID_DESTINATION for
 * the receiver, TOO_LARGE …
 */
export type SendFromBackend = (
  message: BackendMessage,
) => Promise<{ readonly mid: number; readonly seq: number; readonly conv: number; readonly ts: number }>;

/** As SendFromBackend, to a group; rejects also with what keeps the sender from sending there. */
export type SendToGroupFromBackend = (message: BackendGroupMessage) => ReturnType<SendFromBackend>;

/** What the doors do with groups. */
export interface GroupServices {
  readonly groups: Groups;
  readonly joining: Joining;
  readonly sendFromBackend: SendToGroupFromBackend;
}

/**
 * Resolves to the time for which the message is kept, or to undefined when it is to be sent now. Rejects with a
 * StoaError like SendFromBackend.
 */
export type ScheduleFromBackend = (
  message: BackendMessage | BackendGroupMessage,
  at: number,
) => Promise<number | undefined>;

/** Resolves when the change is committed. Rejects with a StoaError: NOT_FOUND, TOO_LARGE. */
export type ChangeFromBackend = (
  change: BackendChange,
) => Promise<{ readonly conv: number; readonly seq: number; readonly ts: number }>;

/** What encoders or players ask of rooms, see Whip and Whep; `links` are those to ICE servers, for the header of this name. */
export interface MediaSessionDoor {
  readonly open: (
    token: string,
    gid: number,
    sdp: string,
    played: Played,
  ) => Promise<MediaSession & { readonly links: readonly string[] }>;
  readonly find: (token: string, gid: number, dev: number) => Promise<void>;
  readonly end: (token: string, gid: number, dev: number) => Promise<void>;
}

export interface MediaDoor {
  readonly issue: MediaTokens['issue'];
  readonly whip: MediaSessionDoor;
  readonly whep: MediaSessionDoor;
}

/** Everything that the HTTP doors need; the composition root gives it. */
export interface HttpOptions {
  readonly settings: Pick<
    Settings,
    'publicUrl' | 'tls' | 'demo' | 'files' | 'requestBytes' | 'requestSeconds'
  >;
  readonly apps: Apps;
  readonly administrator: Administrator;
  readonly users: Users;
  readonly profiles: Pick<Profiles, 'own' | 'set' | 'setOwn'>;
  readonly devices: Devices;
  readonly otps: Otps;
  readonly send: SendFromBackend;
  readonly groups: GroupServices;
  readonly schedule: ScheduleFromBackend;
  readonly files: Files;
  readonly erasures: Pick<Erasures, 'begin'>;
  readonly userExport: Pick<UserExport, 'lines'>;
  readonly blocking: Pick<Blocking, 'mayReach'>;
  readonly changeMessage: ChangeFromBackend;
  /** Resolves when the mark is committed. Rejects with a StoaError that says what the user may not do. */
  readonly markMessage: (mark: BackendMark) => ReturnType<ChangeFromBackend>;
  readonly reading: BackendReading;
  readonly webhooks: Webhooks;
  readonly recordings: Pick<Recordings, 'list' | 'get' | 'file' | 'remove'>;
  readonly access: Access;
  readonly pushActions: Pick<PushActions, 'perform'>;
  /** Absent where there are no rooms. */
  readonly media?: MediaDoor;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly logger: FastifyBaseLogger;
  /** Rejects while the node cannot do its work; resolves to what is wrong although it can. */
  readonly ready: () => Promise<readonly string[]>;
  readonly paths: {
    /** The built mesibo.js. */
    readonly mesiboScript: string;
    /** Folder of the built messenger. */
    readonly messengerApp: string;
  };
}
