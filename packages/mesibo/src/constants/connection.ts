/** What Mesibo_onConnectionStatus reports. */
export const MESIBO_STATUS_UNKNOWN = 0;
export const MESIBO_STATUS_ONLINE = 1;
export const MESIBO_STATUS_OFFLINE = 2;
/** The user signed in elsewhere, or this device was signed out. */
export const MESIBO_STATUS_SIGNOUT = 3;
export const MESIBO_STATUS_AUTHFAIL = 4;
export const MESIBO_STATUS_STOPPED = 5;
export const MESIBO_STATUS_CONNECTING = 6;
export const MESIBO_STATUS_CONNECTFAILURE = 7;
export const MESIBO_STATUS_NONETWORK = 8;
export const MESIBO_STATUS_ONPREMISEERROR = 9;
export const MESIBO_STATUS_SUSPEND = 10;
export const MESIBO_STATUS_READY = 11;
export const MESIBO_STATUS_UPDATE = 20;
export const MESIBO_STATUS_MANDUPDATE = 21;
export const MESIBO_STATUS_SHUTDOWN = 22;
export const MESIBO_STATUS_ACTIVITY = -1;

export const MESIBO_CONNECTIVITY_DISCONNECTED = 0xff;
export const MESIBO_CONNECTIVITY_UNKNOWN = -1;
export const MESIBO_CONNECTIVITY_WIFI = 0;
export const MESIBO_CONNECTIVITY_2G = 1;
export const MESIBO_CONNECTIVITY_3G = 2;
export const MESIBO_CONNECTIVITY_4G = 3;

export const MESIBO_SERVERTYPE_STUN = 0;
export const MESIBO_SERVERTYPE_TURN = 1;

export const MESIBO_CONFIGTYPE_CALLFLAGS = 0x100;
export const MESIBO_CONFIGTYPE_CALLANSWERMODE = 0x101;
export const MESIBO_CONFIGTYPE_CALLREQTO = 0x110;
export const MESIBO_CONFIGTYPE_CALLANSTO = 0x111;
export const MESIBO_CONFIGTYPE_CALLCONNECTTO = 0x112;
