/** The rules that a policy can have, as in the object `uac` of mesibo, and what they mean for what a user does. */

/** Flags by group; each is on unless the policy says otherwise. */
const flags = {
  features: ['message', 'presence', 'call', 'group', 'files', 'push', 'location', 'search', 'sync'],
  message: [
    'incoming',
    'outgoing',
    'rich',
    'broadcast',
    'read_receipts',
    'delivery_receipts',
    'storage',
    'url_preview',
    'webhook',
  ],
  presence: ['incoming', 'outgoing', 'typing', 'joined', 'online', 'lastseen', 'login', 'can_override'],
  call: ['incoming', 'outgoing', 'video', 'audio', 'turn', 'hd', 'fhd', 'log'],
  conf: ['start', 'join', 'publish', 'audio', 'video', 'screen', 'hd', 'fhd'],
  group: ['create', 'member', 'message', 'presence', 'call', 'location'],
  file: ['upload'],
} as const;

export type Flag = {
  [Group in keyof typeof flags]: `${Group}.${(typeof flags)[Group][number]}`;
}[keyof typeof flags];

/** What can happen so often in so many seconds. */
export const rateNames = ['message', 'location', 'call', 'upload', 'login', 'failure'] as const;
export type RateName = (typeof rateNames)[number];

export interface Rate {
  readonly seconds: number;
  readonly limit: number;
}

/** With everybody, or only with those whom the user has among his contacts or marked as favourites. */
export type Peers = 'all' | 'contacts' | 'favourites';

const peersByNumber: Readonly<Record<number, Peers>> = { 0: 'all', 2: 'contacts', 3: 'favourites' };

/** Who may see that the user is online, and when he was. */
export type OnlineAudience = Peers | { readonly gid: number };

/** By mesibo's numbers; from 4 on they name a group. */
const audienceByNumber: Readonly<Record<number, Peers>> = { 0: 'all', 1: 'contacts', 3: 'favourites' };
const firstAudienceGroup = 4;

/** Rules that are numbers: what they are called here, and what of ours one of theirs is. */
const numberRules = {
  'group.max_groups': { as: 'maxGroups', unit: 1 },
  'file.max_size': { as: 'fileBytes', unit: 1_000_000 },
  'presence.lastseen_resolution': { as: 'lastSeenMs', unit: 1_000 },
  'call.maxdur': { as: 'callMs', unit: 1_000 },
  'conf.maxdur': { as: 'roomMs', unit: 1_000 },
} as const;

export interface Rules {
  readonly denied: ReadonlySet<Flag>;
  /** With whom the user may exchange messages and calls, groups aside: by mesibo's numbers. */
  readonly peers: Peers;
  readonly onlineAudience: OnlineAudience;
  /** Groups that the user may have made or joined when he makes another one; 0 for any number. */
  readonly maxGroups: number;
  /** Bytes of a file; 0 for no limit of the policy. */
  readonly fileBytes: number;
  /** What others see of when he was online last is a multiple of so many milliseconds; 0 for the exact time. */
  readonly lastSeenMs: number;
  /** How long a call of his, and his part in a room, may last, in milliseconds; 0 for as long as he likes. */
  readonly callMs: number;
  readonly roomMs: number;
  readonly rates: Readonly<Record<RateName, readonly Rate[]>>;
}

/** What a user does, and the flags that must all be on for it. */
export const actions = {
  sendMessage: ['features.message', 'message.outgoing'],
  sendRichMessage: ['message.rich'],
  sendLocation: ['features.location'],
  sendLocationToGroup: ['group.location'],
  previewLinks: ['message.url_preview'],
  searchProfiles: ['features.search'],
  receiveMessage: ['features.message', 'message.incoming'],
  tellRead: ['message.read_receipts'],
  broadcast: ['message.broadcast'],
  haveStored: ['message.storage'],
  haveHooked: ['message.webhook'],
  readHistory: ['features.sync'],
  tellDelivered: ['message.delivery_receipts'],
  sendToGroup: ['features.group', 'group.message'],
  tellPresence: ['features.presence', 'presence.outgoing'],
  tellTyping: ['presence.typing'],
  tellJoined: ['presence.joined'],
  tellGroupPresence: ['group.presence'],
  hearPresence: ['features.presence', 'presence.incoming'],
  beSeenOnline: ['features.presence', 'presence.online'],
  beSeenLast: ['presence.lastseen'],
  chooseLoginMode: ['presence.login'],
  choosePresence: ['presence.can_override'],
  call: ['features.call', 'call.outgoing'],
  beCalled: ['features.call', 'call.incoming'],
  useVideo: ['call.video'],
  useVoice: ['call.audio'],
  useRelays: ['call.turn'],
  callInHd: ['call.hd'],
  callInFullHd: ['call.hd', 'call.fhd'],
  haveCallsLogged: ['call.log'],
  joinRoom: ['features.call', 'features.group', 'group.call', 'conf.join'],
  startRoom: ['conf.start'],
  publishInRoom: ['conf.publish'],
  publishAudio: ['conf.audio'],
  publishVideo: ['conf.video'],
  publishScreen: ['conf.screen'],
  publishInHd: ['conf.hd'],
  publishInFullHd: ['conf.hd', 'conf.fhd'],
  createGroup: ['features.group', 'group.create'],
  joinGroup: ['features.group', 'group.member'],
  upload: ['features.files', 'file.upload'],
  registerForPush: ['features.push'],
} as const satisfies Readonly<Record<string, readonly Flag[]>>;

export type Action = keyof typeof actions;

export function allows({ denied }: Rules, action: Action): boolean {
  if (denied.size === 0) return true;
  return !actions[action].some((flag) => denied.has(flag));
}

/** Lines of the largest picture that the user may send; undefined for any. */
export function pictureHeight(rules: Rules, inHd: Action, inFullHd: Action): number | undefined {
  if (allows(rules, inFullHd)) return undefined;
  return allows(rules, inHd) ? 720 : 480;
}

/** What is wrong with rules, or the rules and the names of those that this server does not know or enforce. */
export type Reading =
  | { readonly rules: Rules; readonly ignored: readonly string[] }
  | { readonly problem: string };

/** Reads rules in the form of mesibo: groups of flags (true, false, 0, 1), numbers, and rates as text. */
export function readRules(input: Readonly<Record<string, unknown>>): Reading {
  const denied = new Set<Flag>();
  const ignored: string[] = [];
  const numbers = { maxGroups: 0, fileBytes: 0, lastSeenMs: 0, callMs: 0, roomMs: 0 };
  let peers: Peers = 'all';
  let onlineAudience: OnlineAudience = 'all';
  const rates: Record<RateName, readonly Rate[]> = {
    message: [],
    location: [],
    call: [],
    upload: [],
    login: [],
    failure: [],
  };
  for (const [group, members] of Object.entries(input)) {
    if (group === 'peers') {
      const named = peersByNumber[Number(members)];
      if (named === undefined) ignored.push(group);
      else peers = named;
      continue;
    }
    if (typeof members !== 'object' || members === null || Array.isArray(members)) {
      ignored.push(group);
      continue;
    }
    for (const [key, value] of Object.entries(members as Record<string, unknown>)) {
      const name = `${group}.${key}`;
      if (isFlag(group, key)) {
        if (![true, false, 0, 1].includes(value as boolean | number)) {
          return { problem: `"${name}" must be true or false.` };
        }
        if (value === false || value === 0) denied.add(name as Flag);
      } else if (isNumberRule(name)) {
        if (!isCount(value)) return { problem: `"${name}" must be a whole number; 0 for no limit.` };
        const { as, unit } = numberRules[name];
        numbers[as] = value * unit;
      } else if (name === 'presence.online_audience') {
        if (!isGroupNumber(value)) {
          return { problem: `"${name}" must be 0, 1, 3, or the number of a group.` };
        }
        const audience = value >= firstAudienceGroup ? { gid: value } : audienceByNumber[value];
        if (audience === undefined) ignored.push(name);
        else onlineAudience = audience;
      } else if (group === 'ratelimit' && isRateName(key)) {
        const read = readRates(value);
        if (read === undefined) {
          return { problem: `"${name}" must be text like "1:10,60:100": seconds and how often, up to five.` };
        }
        rates[key] = read;
      } else {
        ignored.push(name);
      }
    }
  }
  return { rules: { denied, peers, onlineAudience, ...numbers, rates }, ignored };
}

function isFlag(group: string, key: string): boolean {
  const known: Readonly<Record<string, readonly string[]>> = flags;
  return Object.hasOwn(known, group) && known[group]?.includes(key) === true;
}

const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 1_000_000;

const isGroupNumber = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0xffff_ffff;

const isNumberRule = (name: string): name is keyof typeof numberRules => Object.hasOwn(numberRules, name);

const isRateName = (key: string): key is RateName => rateNames.some((name) => name === key);

function readRates(value: unknown): Rate[] | undefined {
  if (value === '' || value === 0) return [];
  if (typeof value !== 'string' || !/^\d{1,6}:\d{1,6}(,\d{1,6}:\d{1,6}){0,4}$/.test(value)) return undefined;
  const rates = value.split(',').map((part) => {
    const [seconds = 0, limit = 0] = part.split(':').map(Number);
    return { seconds, limit };
  });
  return rates.every(({ seconds, limit }) => seconds > 0 && limit > 0) ? rates : undefined;
}
