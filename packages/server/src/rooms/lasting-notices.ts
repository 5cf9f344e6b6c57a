import type { RoomNotice } from '@stoa/protocol';
import type { ParticipantKey } from './room-state.ts';

type Slots = Extract<RoomNotice, { type: 'slots' }>;
type Encodings = Extract<RoomNotice, { type: 'encodings' }>;

interface Lasting {
  slots: Slots | undefined;
  /** By m-line. */
  readonly encodings: Map<string, Encodings>;
  /** Of the connection on which it publishes. */
  ufrag: string | undefined;
}

/** What the media plane said last to each device, and stays true: one that was not connected may not have heard it. */
export class LastingNotices {
  readonly #devices = new Map<ParticipantKey, Lasting>();

  note(key: ParticipantKey, notice: RoomNotice): void {
    if (notice.type === 'slots') this.#of(key).slots = notice;
    else if (notice.type === 'encodings') this.#of(key).encodings.set(notice.mid, notice);
  }

  /** All that still holds for a device. */
  of(key: ParticipantKey): RoomNotice[] {
    const lasting = this.#devices.get(key);
    if (lasting === undefined) return [];
    return [...(lasting.slots === undefined ? [] : [lasting.slots]), ...lasting.encodings.values()];
  }

  /** A device publishes with this offer: on another connection than before, all its layers are made again. */
  published(key: ParticipantKey, sdp: string | undefined): void {
    const lasting = this.#of(key);
    const ufrag = /^a=ice-ufrag:(\S+)/m.exec(sdp ?? '')?.[1];
    if (ufrag !== undefined && ufrag === lasting.ufrag) return;
    lasting.ufrag = ufrag;
    lasting.encodings.clear();
  }

  /** Nothing is shown to it any more. */
  unviewed(key: ParticipantKey): void {
    this.#of(key).slots = undefined;
  }

  gone(key: ParticipantKey): void {
    this.#devices.delete(key);
  }

  /** All media was lost. */
  clear(): void {
    this.#devices.clear();
  }

  #of(key: ParticipantKey): Lasting {
    const known = this.#devices.get(key);
    if (known !== undefined) return known;
    const lasting: Lasting = { slots: undefined, encodings: new Map(), ufrag: undefined };
    this.#devices.set(key, lasting);
    return lasting;
  }
}
