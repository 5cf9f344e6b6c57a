import { limits } from '@stoa/protocol';
import Type from 'typebox';
import type { Policy } from '../../access/index.ts';
import { appCaller } from './callers.ts';
import { findUser, UserName, userNameSpellings } from './find-user.ts';
import { type Answer, operation } from './operation.ts';
import { either, valueAt } from './parameters.ts';

const Id = Type.Integer({ minimum: 0, maximum: 0xffff_ffff });
const id = either('uac', 'id');
/** What stands in the object `uac` beside the rules. */
const heads = ['id', 'name', 'update', 'address', 'uid'];

/**
 * Sets what users may do: the rules stand in the object `uac`, without an `id` for all users who were given none. With
 * `update`, rules that are not named stay. With `address` or `uid`, a user is given the policy.
 */
const uacset = operation({
  names: ['uacset'],
  by: appCaller,
  parameters: Type.Object({
    id: Type.Optional(Id),
    name: Type.Optional(Type.String({ maxLength: limits.nameLength })),
    update: Type.Optional(Type.Boolean()),
    ...UserName.properties,
  }),
  spellings: {
    id,
    name: either('uac', 'name'),
    update: either('uac', 'update'),
    uid: ['uac.uid', ...userNameSpellings.uid],
    address: ['uac.address', ...userNameSpellings.address],
  },
  run: async ({ id: number = 0, name, update, uid, address }, app, call) => {
    const { access } = call.services;
    const given = valueAt(call.raw, 'uac');
    const wanted = Object.entries(typeof given === 'object' && given !== null ? given : {}).filter(
      ([key]) => !heads.includes(key),
    );
    const known = access.list(app.aid).find((policy) => policy.id === number);
    const namesUser = uid !== undefined || address !== undefined;
    let policy = known;
    // A user can be given a policy as it is.
    if (known === undefined || wanted.length > 0 || name !== undefined || !namesUser) {
      const rules = merged(update === true ? known?.rules : undefined, Object.fromEntries(wanted));
      ({ policy } = await access.put(app.aid, number, { name: name ?? known?.name ?? '', rules }));
    }
    if (namesUser) await access.assign(await findUser(call, app, { uid, address }), number);
    return policy === undefined ? {} : { uac: answerOf(policy) };
  },
});

const uacget = operation({
  names: ['uacget'],
  by: appCaller,
  parameters: Type.Object({ id: Type.Optional(Id) }),
  spellings: { id },
  run: async ({ id: number }, { aid }, { services: { access } }) =>
    number === undefined
      ? { uacs: access.list(aid).map(answerOf) }
      : { uac: answerOf(access.get(aid, number)) },
});

const uacdel = operation({
  names: ['uacdel'],
  by: appCaller,
  parameters: Type.Object({ id: Type.Optional(Id) }),
  spellings: { id },
  run: async ({ id: number = 0 }, { aid }, { services: { access } }) => {
    await access.remove(aid, number);
    return { uac: { id: number } };
  },
});

function answerOf({ id, name, rules, ignored }: Policy): Answer {
  return { ...rules, id, name, ...(ignored.length === 0 ? {} : { ignored }) };
}

/** Groups of rules are merged by their members. */
function merged(
  before: Readonly<Record<string, unknown>> = {},
  after: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const isGroup = (value: unknown): value is object => typeof value === 'object' && value !== null;
  const rules: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(after)) {
    const known = rules[name];
    rules[name] = isGroup(known) && isGroup(value) ? { ...known, ...value } : value;
  }
  return rules;
}

export const accessOperations = [uacset, uacget, uacdel];
