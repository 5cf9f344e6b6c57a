/** Values of presence; applications may use their own. */
export const MESIBO_PRESENCE_NONE = 0;
export const MESIBO_PRESENCE_REQUEST = 0;
export const MESIBO_PRESENCE_ONLINE = 1;
export const MESIBO_PRESENCE_OFFLINE = 2;
export const MESIBO_PRESENCE_TYPING = 3;
export const MESIBO_PRESENCE_TYPINGCLEARED = 4;
/** The peer has the conversation open. */
export const MESIBO_PRESENCE_JOINED = 10;
export const MESIBO_PRESENCE_LEFT = 11;
export const MESIBO_PRESENCE_RESERVED = 255;

/** The same in the v1 generation, which had no "offline". */
export const MESIBO_ACTIVITY_NONE = 0;
export const MESIBO_ACTIVITY_ONLINE = 1;
export const MESIBO_ACTIVITY_ONLINERESP = 2;
export const MESIBO_ACTIVITY_TYPING = 3;
export const MESIBO_ACTIVITY_TYPINGCLEARED = 4;
export const MESIBO_ACTIVITY_JOINED = 10;
export const MESIBO_ACTIVITY_LEFT = 11;

export const MESIBO_ONLINEMODE_LOGIN = 1;
export const MESIBO_ONLINEMODE_FOREGROUND = 2;
export const MESIBO_ONLINEMODE_MANUAL = 3;

/** Reserved group ids that name an audience. */
export const MESIBO_GROUP_SUBSCRIBERS = 2;
export const MESIBO_GROUP_KNOWNSUBSCRIBERS = 3;
export const MESIBO_GROUP_PROVSUBSCRIBERS = 4;
export const MESIBO_GROUP_KNOWNPROVSUBSCRIBERS = 5;
export const MESIBO_GROUP_SUBSCRIBERSALL = 6;
export const MESIBO_GROUP_KNOWNSUBSCRIBERSALL = 7;
export const MESIBO_GROUP_CONTACTS = 8;
export const MESIBO_GROUP_CONTACTSUBSCRIBERS = 9;
export const MESIBO_GROUP_SUBSCRIBED = 10;
export const MESIBO_GROUP_PROVSUBSCRIBED = 11;
