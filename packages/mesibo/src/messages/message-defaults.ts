import type { MessageAge } from '@stoa/protocol';
import { MESIBO_FLAG_DEFAULT } from '../constants/message.ts';

/** What a new message has unless it is told otherwise. */
export interface MessageDefaults {
  readonly flags: number;
  readonly expiry: number | undefined;
  readonly age: MessageAge | undefined;
}

export const usualDefaults: MessageDefaults = {
  flags: MESIBO_FLAG_DEFAULT,
  expiry: undefined,
  age: undefined,
};
