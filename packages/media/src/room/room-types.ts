import type { Kind } from '../codecs/codecs.ts';

/** What a viewer wants to see in a slot. */
export interface View {
  /** A stream's id, as `onStreams` tells it. */
  readonly stream: string;
  /** Pixels; 0 for a picture that is not visible. Of no meaning for sound. */
  readonly height?: number;
  readonly isScreen?: boolean;
}

export interface StreamDescription {
  readonly id: string;
  readonly transport: string;
  readonly mid: string;
  readonly kind: Kind;
}

export interface SlotStatistics {
  readonly mid: string;
  readonly packets: number;
  readonly bytes: number;
  /** Times that another source came into it. */
  readonly switches: number;
  /** Packets that were sent once more because the viewer asked for them. */
  readonly repeated: number;
  /** As the viewer says: packets that did not come, and times that its decoder could not go on without a key frame. */
  readonly lost: number;
  readonly pictureLosses: number;
  /** Layer that is shown; `undefined` for nothing. */
  readonly rid: string | undefined;
  readonly height: number;
}

/** How a publisher should send a layer. */
export interface LayerWish {
  readonly rid: string;
  readonly active: boolean;
}
