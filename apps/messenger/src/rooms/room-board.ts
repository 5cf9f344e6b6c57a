import type { Client, OwnStream, RemoteStream, Room, Waiting } from '@stoa/client';
import { StoaError } from '@stoa/protocol';
import { Live } from '../hooks/live.ts';

/** What is shown of the room that the user is in. Immutable: a change makes another one. */
export interface RoomView {
  readonly room: Room;
  readonly phase: Room['status']['phase'];
  readonly streams: readonly RemoteStream[];
  readonly own: readonly OwnStream[];
  /** People in the room, the user too. */
  readonly count: number;
  readonly isRecorded: boolean;
  /** What last failed, until the user does something else. */
  readonly problem: string;
}

export interface RoomBoardState {
  readonly current: RoomView | undefined;
  /** In front of a room, until somebody lets the user in. */
  readonly waiting: Waiting | undefined;
  /** Groups of which it is known that somebody is in their room. */
  readonly active: ReadonlySet<number>;
  /** The current room covers the page. */
  readonly isExpanded: boolean;
  /** Why a room could not be joined, or was left; for a while. */
  readonly notice: string;
  /** Where rooms are heard; undefined until somebody has chosen it. */
  readonly speaker: string | undefined;
}

const nothing: RoomBoardState = {
  current: undefined,
  waiting: undefined,
  active: new Set(),
  isExpanded: false,
  notice: '',
  speaker: undefined,
};

/** How long a notice stays, in milliseconds. */
const noticeMs = 15_000;

/** The rooms of this page: the one that the user is in, and where there are some. */
export class RoomBoard extends Live<RoomBoardState> {
  readonly #client: Client;
  readonly #off: () => void;
  #fading: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client) {
    super(nothing);
    this.#client = client;
    this.#off = client.on('room', ({ gid, isActive }) => this.#noted(gid, isActive));
  }

  close(): void {
    this.#off();
    clearTimeout(this.#fading);
  }

  /** Finds out whether somebody is in the room of a group. */
  look(gid: number): void {
    this.#client.rooms.look(gid).then(
      (room) => this.#noted(gid, room !== undefined),
      () => {},
    );
  }

  /** Joins the room of a group, with camera and microphone where the user may publish. */
  join(gid: number): void {
    this.#join(gid).catch((error: unknown) => this.#tell(messageOf(error)));
  }

  expand(isExpanded: boolean): void {
    this.set({ ...this.get(), isExpanded });
  }

  leave(): void {
    const { current, waiting } = this.get();
    current?.room.leave();
    waiting?.leave().catch(() => {});
  }

  /** Does something in the room; that it failed is shown. */
  do(action: (room: Room) => Promise<unknown>): void {
    const room = this.get().current?.room;
    if (room === undefined) return;
    this.#show(room, '');
    action(room).then(
      () => this.#show(room),
      (error: unknown) => this.#show(room, messageOf(error)),
    );
  }

  /** Takes another microphone, camera or speaker. */
  choose(kind: 'microphone' | 'camera' | 'speaker', id: string): void {
    if (kind === 'speaker') {
      this.set({ ...this.get(), speaker: id });
      return;
    }
    this.do(async ({ ownStreams }) => {
      const camera = ownStreams.find(({ sid }) => sid === 0);
      // biome-ignore lint/correctness/useHookAtTopLevel: methods of a stream, not hooks.
      await (kind === 'microphone' ? camera?.useMicrophone(id) : camera?.useCamera(id));
    });
  }

  async #join(gid: number): Promise<void> {
    this.leave();
    const room = await this.#client.rooms.join(gid);
    if (room === undefined) this.#wait(this.#client.rooms.waiting(gid));
    else this.#enter(room);
  }

  #wait(waiting: Waiting | undefined): void {
    this.#tell('');
    this.set({ ...this.get(), waiting });
    waiting?.on('status', (status) => {
      if (status.phase === 'waiting') return;
      this.set({ ...this.get(), waiting: undefined });
      this.#tell(status.phase === 'over' ? (turnedAway[status.reason] ?? '') : '');
      if (status.phase === 'admitted') this.#enter(status.room);
    });
  }

  #enter(room: Room): void {
    const refresh = (): void => this.#show(room);
    for (const event of ['stream', 'streamChanged', 'streamEnded', 'ownStream', 'ownStreamEnded'] as const) {
      room.on(event, refresh);
    }
    for (const event of ['participant', 'left', 'speakers', 'rights', 'recording'] as const)
      room.on(event, refresh);
    room.on('problem', (problem) => this.#show(room, problem.message));
    room.on('status', (status) => {
      if (status.phase === 'ended') this.#ended(ended[status.reason] ?? '');
      else refresh();
    });
    this.#tell('');
    this.set({ ...this.get(), current: viewOf(room, ''), isExpanded: true });
    if (!room.may.has('publish')) return;
    this.do(() => room.publish({ video: room.limits.video }));
  }

  #ended(notice: string): void {
    this.set({ ...this.get(), current: undefined, isExpanded: false });
    this.#tell(notice);
  }

  #tell(notice: string): void {
    clearTimeout(this.#fading);
    this.set({ ...this.get(), notice });
    if (notice !== '') this.#fading = setTimeout(() => this.#tell(''), noticeMs);
  }

  #noted(gid: number, isActive: boolean): void {
    const active = new Set(this.get().active);
    if (isActive) active.add(gid);
    else active.delete(gid);
    this.set({ ...this.get(), active });
  }

  /** Shows the room as it is now; without a problem, the one that is shown stays. */
  #show(room: Room, problem?: string): void {
    const { current } = this.get();
    if (current?.room !== room) return;
    this.set({ ...this.get(), current: viewOf(room, problem ?? current.problem) });
  }
}

function viewOf(room: Room, problem: string): RoomView {
  const { status, streams, ownStreams: own, participants, recording } = room;
  const isRecorded = recording.current !== undefined;
  return { room, phase: status.phase, streams, own, count: participants.length, isRecorded, problem };
}

/** Of a room that the user has left himself, nothing needs to be said. */
const ended: { readonly [reason: string]: string | undefined } = {
  removed: 'Somebody who leads the room has removed you from it.',
  ended: 'The room was ended for everybody.',
  rights: 'You may not be in this room any more.',
  duration: 'The room has reached its longest time.',
  lost: 'The connection to the room was lost.',
};

const turnedAway: { readonly [reason: string]: string | undefined } = {
  denied: 'You were not let into the room.',
  locked: 'The room is locked: nobody new gets in.',
  failed: 'The room could not be joined.',
};

function messageOf(error: unknown): string {
  return error instanceof StoaError ? `${error.message} ${error.hint}` : 'That did not work.';
}
