/** Resources of the REST API. Each has an `$id`, under which the OpenAPI document lists it. */
import type { App as StoredApp, User as StoredUser, UserToken } from '@stoa/storage';
import Type, { type Static, type TSchema } from 'typebox';
import { accessResources } from './access-schemas.ts';
import { groupResources } from './group-schemas.ts';
import { MessageResource } from './message-schemas.ts';
import { ProfileResource } from './profile-schemas.ts';
import { recordingResources } from './recording-schemas.ts';
import { webhookResources } from './webhook-schemas.ts';

const Time = (description: string) =>
  Type.Integer({ minimum: 0, description: `${description}, in milliseconds since 1970.` });

export const App = Type.Object(
  {
    aid: Type.Integer({ minimum: 1, description: 'Number of the app.' }),
    name: Type.String(),
    settings: Type.Record(Type.String(), Type.Unknown(), { description: 'Free settings of the app.' }),
    createdAt: Time('When the app was made'),
  },
  { $id: 'App', examples: [{ aid: 1, name: 'demo', settings: {}, createdAt: 1767225600000 }] },
);

export const AppWithToken = Type.Object(
  {
    ...App.properties,
    token: Type.String({ description: 'The app token, a secret. It is shown only in this answer.' }),
  },
  {
    $id: 'AppWithToken',
    examples: [
      {
        aid: 1,
        name: 'demo',
        settings: {},
        createdAt: 1767225600000,
        token: 'bXVjaCBsb25nZXIgcmFuZG9tIHRva2VuIGdvZXMgaGVyZQ',
      },
    ],
  },
);

export const User = Type.Object(
  {
    uid: Type.Integer({ minimum: 1, description: 'Number of the user; never used again.' }),
    address: Type.String({ description: 'What the application calls the user; unique in the app.' }),
    name: Type.String({ description: 'Name that is shown to people.' }),
    active: Type.Boolean({ description: 'Whether the user may connect.' }),
    flag: Type.Integer({ minimum: 0, description: 'Any value of the application.' }),
    createdAt: Time('When the user was made'),
    lastSeen: Time('When the last connection of the user ended; 0 when there was none'),
  },
  {
    $id: 'User',
    examples: [
      {
        uid: 17,
        address: 'alice',
        name: 'Alice Liddell',
        active: true,
        flag: 0,
        createdAt: 1767225600000,
        lastSeen: 0,
      },
    ],
  },
);

export const Token = Type.Object(
  {
    id: Type.Integer({ minimum: 1, description: 'Number of the token, for revoking it.' }),
    app: Type.Union([Type.String(), Type.Null()], {
      description: 'App name that the client must declare; null when any will do.',
    }),
    expiresAt: Type.Union([Time('When it expires'), Type.Null()], {
      description: 'When it expires; null for never.',
    }),
    createdAt: Time('When it was issued'),
  },
  {
    $id: 'Token',
    examples: [{ id: 5, app: null, expiresAt: 1798761600000, createdAt: 1767225600000 }],
  },
);

export const IssuedToken = Type.Object(
  {
    ...Token.properties,
    token: Type.String({
      description: 'The user token, a secret for the client of this user. It is shown only in this answer.',
    }),
  },
  {
    $id: 'IssuedToken',
    examples: [
      {
        id: 5,
        app: null,
        expiresAt: 1798761600000,
        createdAt: 1767225600000,
        token: 'bXVjaCBsb25nZXIgcmFuZG9tIHRva2VuIGdvZXMgaGVyZQ',
      },
    ],
  },
);

export const SentMessage = Type.Object(
  {
    to: Type.Optional(Type.String({ description: 'Address of the receiver.' })),
    gid: Type.Optional(Type.Integer({ minimum: 1, description: 'The group, of a message to one.' })),
    mid: Type.Integer({ minimum: 1, description: 'Id of the message, unique in the app.' }),
    conv: Type.Integer({ minimum: 0, description: 'Id of the conversation; 0 for a transient message.' }),
    seq: Type.Integer({ minimum: 0, description: 'Place in the conversation; 0 for a transient message.' }),
    ts: Time('When it was accepted'),
  },
  { $id: 'SentMessage', examples: [{ to: 'bob', mid: 1387628, conv: 3, seq: 12, ts: 1767225600000 }] },
);

export const Device = Type.Object(
  {
    dev: Type.Integer({ minimum: 1, description: 'Number of the device; never used again.' }),
    agent: Type.String({ description: 'Name and version of the client, as it told them.' }),
    createdAt: Time('When it first signed in'),
    lastSeen: Time('When it last signed in or left'),
    online: Type.Boolean({ description: 'Whether it is connected now.' }),
  },
  {
    $id: 'Device',
    examples: [
      { dev: 9, agent: 'stoa-messenger', createdAt: 1767225600000, lastSeen: 1767229200000, online: true },
    ],
  },
);

export const ChangedMessage = Type.Object(
  {
    mid: Type.Integer({ minimum: 1, description: 'Id of the message that was changed.' }),
    conv: Type.Integer({ minimum: 1, description: 'Id of the conversation.' }),
    seq: Type.Integer({ minimum: 1, description: 'Place of the change in the conversation.' }),
    ts: Time('When it was changed'),
  },
  { $id: 'ChangedMessage', examples: [{ mid: 1387628, conv: 3, seq: 13, ts: 1767225660000 }] },
);

export const Otp = Type.Object(
  {
    address: Type.String(),
    code: Type.String({ description: 'The code of six digits. Deliver it to the person.' }),
    expiresAt: Time('When it expires'),
  },
  { $id: 'Otp', examples: [{ address: '+15550100', code: '048213', expiresAt: 1767225900000 }] },
);

const ErrorBody = Type.Object(
  {
    error: Type.Object({
      code: Type.String({ description: 'A stable code.' }),
      message: Type.String({ description: 'What is wrong in this case.' }),
      hint: Type.String({ description: 'What to do.' }),
    }),
  },
  {
    $id: 'Error',
    examples: [
      {
        error: {
          code: 'NOT_FOUND',
          message: 'There is no user "bob".',
          hint: 'Check the id or the address.',
        },
      },
    ],
  },
);

export const resources = [
  MessageResource,
  App,
  AppWithToken,
  User,
  Token,
  IssuedToken,
  Device,
  SentMessage,
  ChangedMessage,
  Otp,
  ...groupResources,
  ProfileResource,
  ...webhookResources,
  ...accessResources,
  ...recordingResources,
  ErrorBody,
] as const;

/** A reference to a resource in the schema of an answer. (Bodies of requests hold no references.) */
export function ref<Schema extends TSchema>(resource: Schema) {
  const { $id } = resource as { readonly $id?: string };
  return Type.Unsafe<Static<Schema>>({ $ref: `${$id}#` });
}

/** The schemas of a route's answers: the good one, and errors. */
export function answers<Status extends number, Schema extends TSchema>(
  status: Status,
  schema: Schema,
  description: string,
) {
  const failure = { ...ref(ErrorBody), description: 'The request failed; nothing was changed.' };
  return { [status]: { ...schema, description }, default: failure } as { [Key in Status]: Schema } & {
    default: ReturnType<typeof ref<typeof ErrorBody>>;
  };
}

/** An answer without a body. */
export const Nothing = Type.Null();

export function appResource({ aid, name, settings, createdAt }: StoredApp): Static<typeof App> {
  return { aid, name, settings: { ...settings }, createdAt };
}

export function userResource(user: StoredUser): Static<typeof User> {
  const { uid, address, name, active, flag, createdAt, lastSeen } = user;
  return { uid, address, name, active, flag, createdAt, lastSeen };
}

export function tokenResource({ id, appName, expiresAt, createdAt }: UserToken): Static<typeof Token> {
  return { id, app: appName, expiresAt, createdAt };
}
