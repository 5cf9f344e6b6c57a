/**
 * Bits of a message's flags. Where sources of mesibo's API contradict each other, docs/compatibility.md says
 * what was chosen. Bits from 2^55 on are marks of the device's own and never sent.
 */
export const MESIBO_FLAG_DELIVERYRECEIPT = 0x1;
export const MESIBO_FLAG_READRECEIPT = 0x2;
export const MESIBO_FLAG_DEFAULT = 0x3;
/** Not stored: reaches only devices that are connected now. */
export const MESIBO_FLAG_TRANSIENT = 0x4;
export const MESIBO_FLAG_PRESENCE = 0x8;
export const MESIBO_FLAG_BROADCAST = 0x20;
export const MESIBO_FLAG_FORWARDED = 0x80;
export const MESIBO_FLAG_TLV = 0x100;
export const MESIBO_FLAG_ENCRYPTED = 0x200;
export const MESIBO_FLAG_MODIFY = 0x40000;
export const MESIBO_FLAG_NONBLOCKING = 0x80000;
export const MESIBO_FLAG_DONTSEND = 0x200000;
export const MESIBO_FLAG_LASTMESSAGE = 0x800000;
export const MESIBO_FLAG_EORS = 0x4000000;
export const MESIBO_FLAG_DELETED = 2 ** 55;
export const MESIBO_FLAG_SAVEONLY = 2 ** 56;
export const MESIBO_FLAG_SAVECUSTOM = 2 ** 56;
export const MESIBO_FLAG_WIPED = 2 ** 57;
export const MESIBO_FLAG_FILETRANSFERRED = 2 ** 58;
export const MESIBO_FLAG_FILEFAILED = 2 ** 59;

/** Status of a message; above 127 it failed. */
export const MESIBO_MSGSTATUS_OUTBOX = 0;
export const MESIBO_MSGSTATUS_SENT = 1;
export const MESIBO_MSGSTATUS_DELIVERED = 2;
export const MESIBO_MSGSTATUS_READ = 3;
export const MESIBO_MSGSTATUS_RECEIVEDNEW = 0x12;
export const MESIBO_MSGSTATUS_RECEIVEDREAD = 0x13;
export const MESIBO_MSGSTATUS_CALLMISSED = 0x15;
export const MESIBO_MSGSTATUS_CALLINCOMING = 0x16;
export const MESIBO_MSGSTATUS_CALLOUTGOING = 0x17;
export const MESIBO_MSGSTATUS_CUSTOM = 0x20;
export const MESIBO_MSGSTATUS_DELETED = 0x21;
export const MESIBO_MSGSTATUS_WIPED = 0x22;
export const MESIBO_MSGSTATUS_E2E = 0x23;
export const MESIBO_MSGSTATUS_DATETIME = 0x24;
export const MESIBO_MSGSTATUS_HEADER = 0x25;
export const MESIBO_MSGSTATUS_INVISIBLE = 0x26;
export const MESIBO_MSGSTATUS_EMPTY = 0x27;
export const MESIBO_MSGSTATUS_TIMESTAMP = 0x30;
export const MESIBO_MSGSTATUS_FAIL = 0x80;
export const MESIBO_MSGSTATUS_USEROFFLINE = 0x81;
export const MESIBO_MSGSTATUS_INBOXFULL = 0x82;
export const MESIBO_MSGSTATUS_INVALIDDEST = 0x83;
export const MESIBO_MSGSTATUS_EXPIRED = 0x84;
export const MESIBO_MSGSTATUS_NOINCOMING = 0x86;
export const MESIBO_MSGSTATUS_BLOCKED = 0x88;
export const MESIBO_MSGSTATUS_GROUPPAUSED = 0x90;
export const MESIBO_MSGSTATUS_NOTMEMBER = 0x91;

/** How a message came to the listener. */
export const MESIBO_ORIGIN_REALTIME = 0;
export const MESIBO_ORIGIN_DBMESSAGE = 1;
export const MESIBO_ORIGIN_DBSUMMARY = 2;
export const MESIBO_ORIGIN_PENDING = 3;
export const MESIBO_ORIGIN_DBPENDING = 3;
export const MESIBO_ORIGIN_FILTER = 4;
export const MESIBO_ORIGIN_MESSAGESTATUS = 5;

export const MESIBO_RETRACT_MODIFY = 1;
export const MESIBO_RETRACT_WIPE = 2;
export const MESIBO_RETRACT_DELETE = 4;
export const MESIBO_RETRACT_DELUNREAD = 0x10;
export const MESIBO_RETRACT_DELREAD = 0x20;
export const MESIBO_RETRACT_DELMEDIA = 0x40;
export const MESIBO_RETRACT_DELTHREAD = 0x80;
export const MESIBO_RETRACT_DELALL = 0x100;
export const MESIBO_RETRACT_DELCONTACT = 0x1000;

export const MESIBO_DELETE_DEFAULT = -1;
export const MESIBO_DELETE_LOCAL = 0;
export const MESIBO_DELETE_RECALL = 1;
export const MESIBO_DELETE_REMOVE = 2;
