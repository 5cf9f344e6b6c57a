/** What a device gets. */
export interface PushNote {
  /** Plain data, sent as JSON. */
  readonly data: PushData;
  /** For how long the push service keeps it for a device that is away. */
  readonly seconds: number;
  readonly urgency: 'high' | 'normal';
  /** A later note with the same one takes the place of this one; at most 32 characters of base64url. */
  readonly topic: string;
}

export type PushData = CallData | MessageData;

export interface CallData {
  readonly type: 'call' | 'call-ended';
  readonly call: string;
  readonly from: string;
  readonly name: string;
  readonly video: boolean;
  readonly invitedAt: number;
}

/** That messages of a conversation wait. How much is in it depends on the setting `STOA_PUSH_CONTENT`. */
export interface MessageData {
  readonly type: 'message';
  /** Tells conversations apart, and nothing else. */
  readonly tag: string;
  /** Messages in all conversations that the user has not read; counted up to 999. */
  readonly badge: number;
  /** When the newest of them was sent. */
  readonly at: number;
  readonly about?: MessageOrigin;
  readonly preview?: MessagePreview;
}

/** Who has sent, and where. */
export interface MessageOrigin {
  readonly from: string;
  readonly name: string;
  /** Absent in a conversation of two. */
  readonly group?: { readonly gid: number; readonly name: string };
  /** Conversation and place of the newest message. */
  readonly conv: number;
  readonly seq: number;
  /** Messages of this conversation that wait; counted up to about 50. */
  readonly waiting: number;
}

/** Of the newest message. */
export interface MessagePreview {
  /** Its text, shortened. */
  readonly text?: string;
  /** What it is, when it is more than text. */
  readonly kind?: 'picture' | 'video' | 'audio' | 'file' | 'location' | 'missed-call' | 'call';
}
