import { Address } from '@stoa/protocol/validate';
import Type from 'typebox';
import { defaultOtpRules } from '../../otp/index.ts';
import { IdempotencyHeader } from './idempotency.ts';
import { callerOf, type V1Scope, type V1Services } from './route-context.ts';
import { answers, Nothing, Otp, ref } from './schemas.ts';

const tags = ['One-time codes'];
const security = [{ appToken: [] }];

const NewOtp = Type.Object(
  {
    address: Address,
    tries: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 20,
        default: defaultOtpRules.tries,
        description: 'Wrong codes that may be tried.',
      }),
    ),
    expiresIn: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 24 * 3600,
        default: defaultOtpRules.seconds,
        description: 'Seconds for which it is valid.',
      }),
    ),
    uses: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        default: defaultOtpRules.uses,
        description: 'Times that the right code may be used.',
      }),
    ),
  },
  { examples: [{ address: '+15550100', tries: 3 }] },
);

const Proof = Type.Object(
  { address: Address, code: Type.String({ minLength: 1, maxLength: 32 }) },
  { examples: [{ address: '+15550100', code: '048213' }] },
);

/** Codes with which a person proves that an address is his. */
export function otpRoutes(scope: V1Scope, { otps, idempotent }: V1Services): void {
  scope.post(
    '/otps',
    {
      schema: {
        operationId: 'createOtp',
        summary: 'Make a one-time code for an address',
        description: 'Replaces an older code of the address. The application delivers it to the person.',
        tags,
        security,
        headers: IdempotencyHeader,
        body: NewOtp,
        response: answers(201, ref(Otp), 'The code.'),
      },
    },
    (request, reply) => {
      const { aid } = callerOf(request);
      return idempotent.answer(`app ${aid}`, request, reply, async () => {
        const { address, tries, expiresIn, uses } = request.body;
        const { code, expiresAt } = await otps.create(aid, address, {
          tries: tries ?? defaultOtpRules.tries,
          seconds: expiresIn ?? defaultOtpRules.seconds,
          uses: uses ?? defaultOtpRules.uses,
        });
        return { status: 201, body: { address, code, expiresAt } };
      });
    },
  );

  scope.post(
    '/otps/verify',
    {
      schema: {
        operationId: 'verifyOtp',
        summary: 'Use a one-time code',
        description: 'Fails with WRONG_OTP when the code is wrong, expired or used up.',
        tags,
        security,
        body: Proof,
        response: answers(204, Nothing, 'The code was right, and is used up by one.'),
      },
    },
    async (request, reply) => {
      await otps.consume(callerOf(request).aid, request.body.address, request.body.code);
      return reply.status(204).send(null);
    },
  );
}
