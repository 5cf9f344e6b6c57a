import { Address } from '@stoa/protocol/validate';
import Type from 'typebox';
import { pageOf } from './paging.ts';
import { callerOf, type V1Scope, type V1Services } from './route-context.ts';
import { answers, Device, Nothing, ref } from './schemas.ts';

const tags = ['Devices'];
const security = [{ appToken: [] }];

const OfUser = Type.Object({ address: Address });
const OneDevice = Type.Object({ address: Address, dev: Type.Integer({ minimum: 1 }) });

/** Devices on which a user has signed in. */
export function deviceRoutes(scope: V1Scope, { users, devices }: V1Services): void {
  scope.get(
    '/users/:address/devices',
    {
      schema: {
        operationId: 'listDevices',
        summary: 'List the devices of a user',
        description: 'Those that are connected first, then the one seen last, all on one page.',
        tags,
        security,
        params: OfUser,
        response: answers(200, pageOf(ref(Device)), 'The devices.'),
      },
    },
    async (request) => {
      const { uid } = await users.byAddress(callerOf(request).aid, request.params.address);
      return { data: await devices.list(uid), nextCursor: null };
    },
  );

  scope.delete(
    '/users/:address/devices/:dev',
    {
      schema: {
        operationId: 'signOutDevice',
        summary: 'Sign out a device',
        description:
          'Ends its sessions at once. It has to sign in with another token; the one that it used is revoked unless another device uses it, too.',
        tags,
        security,
        params: OneDevice,
        response: answers(204, Nothing, 'The device is signed out.'),
      },
    },
    async (request, reply) => {
      const { uid } = await users.byAddress(callerOf(request).aid, request.params.address);
      await devices.signOut(uid, request.params.dev);
      return reply.status(204).send(null);
    },
  );

  scope.delete(
    '/users/:address/devices',
    {
      schema: {
        operationId: 'signOutAllDevices',
        summary: 'Sign out all devices of a user',
        tags,
        security,
        params: OfUser,
        response: answers(204, Nothing, 'The devices are signed out.'),
      },
    },
    async (request, reply) => {
      const { uid } = await users.byAddress(callerOf(request).aid, request.params.address);
      await devices.signOutAll(uid);
      return reply.status(204).send(null);
    },
  );
}
