import { limits, StoaError } from '@stoa/protocol';
import { Address, Emoji } from '@stoa/protocol/validate';
import Type from 'typebox';
import { appCaller } from './callers.ts';
import { operation } from './operation.ts';
import { either } from './parameters.ts';

const mid = either('message', 'mid', 'id');
const from = either('message', 'from');
const Named = { mid: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), from: Address };
/** 0 takes it away; 1 when it is absent. */
const on = Type.Optional(Type.Boolean());

const messagereact = operation({
  names: ['messagereact'],
  by: appCaller,
  parameters: Type.Object({ ...Named, emoji: Emoji, on }),
  spellings: { mid, from, emoji: either('message', 'emoji'), on: either('message', 'on') },
  run: async ({ emoji, on = true, ...named }, { aid }, { services }) => {
    await services.markMessage({ aid, ...named, event: 'react', content: { reaction: { emoji, on } } });
    return { mid: named.mid };
  },
});

const messagepin = operation({
  names: ['messagepin'],
  by: appCaller,
  parameters: Type.Object({ ...Named, on }),
  spellings: { mid, from, on: either('message', 'on') },
  run: async ({ on = true, ...named }, { aid }, { services }) => {
    await services.markMessage({ aid, ...named, event: 'pin', content: { pin: { on } } });
    return { mid: named.mid };
  },
});

/** `options`: places of the options, from 0 on, with commas between them; without any, the vote is taken back. */
const messagevote = operation({
  names: ['messagevote'],
  by: appCaller,
  parameters: Type.Object({ ...Named, options: Type.Optional(Type.String({ maxLength: 100 })) }),
  spellings: { mid, from, options: either('message', 'options') },
  run: async ({ options = '', ...named }, { aid }, { services }) => {
    const vote = { options: placesIn(options) };
    await services.markMessage({ aid, ...named, event: 'vote', content: { vote } });
    return { mid: named.mid };
  },
});

const messageclose = operation({
  names: ['messageclose'],
  by: appCaller,
  parameters: Type.Object(Named),
  spellings: { mid, from },
  run: async (named, { aid }, { services }) => {
    await services.markMessage({ aid, ...named, event: 'close', content: {} });
    return { mid: named.mid };
  },
});

function placesIn(text: string): number[] {
  const parts = text.split(',').map((part) => part.trim());
  const places = [...new Set(parts.filter((part) => part !== '').map(Number))];
  if (places.every((place) => Number.isInteger(place) && place >= 0 && place < limits.pollOptions))
    return places;
  throw new StoaError('BAD_REQUEST', '"options" must be places from 0 on, with commas between them.');
}

export const messageMarkOperations = [messagereact, messagepin, messagevote, messageclose];
