/** What the server sends to a browser that is not connected (see docs/protocol.md, Push). */
export type PushNote =
  | {
      readonly type: 'message';
      readonly tag: string;
      readonly badge: number;
      readonly at: number;
      readonly about?: About;
      readonly preview?: { readonly text?: string; readonly kind?: string };
      readonly ticket?: string;
    }
  | {
      readonly type: 'call' | 'call-ended';
      readonly call: string;
      readonly from: string;
      readonly name: string;
      readonly video: boolean;
    };

interface About {
  readonly from: string;
  readonly name: string;
  readonly group?: { readonly gid: number; readonly name: string };
  readonly waiting: number;
}

/** A notification as the browser takes it; `actions` and `renotify` are missing in the types of pages. */
export interface Shown {
  readonly title: string;
  readonly options: NotificationOptions & {
    readonly renotify?: boolean;
    readonly actions?: readonly {
      readonly action: string;
      readonly title: string;
      readonly type?: 'button' | 'text';
    }[];
  };
}

/** What a notification keeps: where it leads, of which conversation it is, and what its buttons work with. */
export interface Kept {
  readonly href: string;
  readonly peer?: string;
  readonly gid?: number;
  readonly ticket?: string;
}

export function shownOf(note: PushNote): Shown {
  return note.type === 'message' ? ofMessage(note) : ofCall(note);
}

function ofMessage({ tag, at, about, preview, ticket }: PushNote & { type: 'message' }): Shown {
  const common = { tag, timestamp: at, renotify: true };
  if (about === undefined) {
    return { title: 'New message', options: { ...common, data: { href: '#/' } satisfies Kept } };
  }
  const sender = about.name || about.from;
  const words = preview?.text ?? kinds[preview?.kind ?? ''] ?? 'New message';
  const more = about.waiting > 1 ? ` (${about.waiting} new)` : '';
  const { group } = about;
  const place =
    group === undefined
      ? { peer: about.from, href: `#/chat/${encodeURIComponent(about.from)}` }
      : { gid: group.gid, href: `#/group/${group.gid}` };
  const actions = [
    { action: 'reply', title: 'Reply', type: 'text' as const },
    { action: 'read', title: 'Mark as read' },
  ];
  return {
    title: (group?.name ?? sender) + more,
    options: {
      ...common,
      body: group === undefined ? words : `${sender}: ${words}`,
      data: { ...place, ...(ticket === undefined ? {} : { ticket }) } satisfies Kept,
      ...(ticket === undefined ? {} : { actions }),
    },
  };
}

function ofCall({ type, call, from, name, video }: PushNote & { type: 'call' | 'call-ended' }): Shown {
  const isRinging = type === 'call';
  return {
    title: name || from,
    options: {
      tag: call,
      // Browsers want something to be shown for every push.
      body: isRinging ? (video ? 'Video call' : 'Voice call') : 'The call has ended',
      requireInteraction: isRinging,
      renotify: isRinging,
      silent: !isRinging,
      data: { href: `#/chat/${encodeURIComponent(from)}` } satisfies Kept,
    },
  };
}

const kinds: Readonly<Record<string, string>> = {
  picture: 'Picture',
  video: 'Video',
  audio: 'Voice message',
  file: 'File',
  location: 'Location',
  call: 'Call',
  'missed-call': 'Missed call',
};
