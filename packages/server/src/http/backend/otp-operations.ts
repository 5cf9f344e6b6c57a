import { Address } from '@stoa/protocol/validate';
import Type from 'typebox';
import { defaultOtpRules } from '../../otp/index.ts';
import { appCaller } from './callers.ts';
import { operation } from './operation.ts';
import { either } from './parameters.ts';

/** Makes a one-time code for an address; the application delivers it, and useradd takes it as `otp`. */
const otp = operation({
  names: ['otp'],
  by: appCaller,
  parameters: Type.Object({
    address: Address,
    tries: Type.Optional(Type.Integer({ minimum: 1, maximum: 20 })),
    expiry: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 * 3600 })),
    reuse: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  }),
  spellings: {
    address: either('otp', 'address', 'addr'),
    tries: either('otp', 'tries'),
    expiry: either('otp', 'expiry'),
    reuse: either('otp', 'reuse'),
  },
  run: async ({ address, tries, expiry, reuse }, { aid }, { services }) => {
    const { code } = await services.otps.create(aid, address, {
      tries: tries ?? defaultOtpRules.tries,
      seconds: expiry ?? defaultOtpRules.seconds,
      // Some callers say false or 0 for "not again": every code can be used once.
      uses: Math.max(1, reuse ?? defaultOtpRules.uses),
    });
    return { otp: code };
  },
});

export const otpOperations = [otp];
