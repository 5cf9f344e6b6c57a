import { type OperationRequest, StoaError } from '@stoa/protocol';
import type { OperationHandlers } from '../socket/operations.ts';
import type { RoomPasses } from './room-passes.ts';
import type { ControlCommand } from './room-state.ts';
import type { Rooms } from './rooms.ts';

type RoomHandlers = {
  [Name in keyof OperationHandlers as Name extends `rooms.${string}` ? Name : never]-?: NonNullable<
    OperationHandlers[Name]
  >;
};

/** What a signed-in device can ask about rooms. */
export function roomOperations(rooms: Rooms, passes: RoomPasses): RoomHandlers {
  return {
    'rooms.join': async (device, { gid, pin, pass }) => {
      const wasInside = pass !== undefined && passes.isGood(pass, gid, device.uid);
      const room = await rooms.join(device, gid, pin, wasInside);
      return room === undefined
        ? { joined: false }
        : { joined: true, room, pass: passes.issue(gid, device.uid) };
    },
    'rooms.leave': async (device, { gid }) => {
      await rooms.leave(device, gid);
      return {};
    },
    'rooms.get': async (device, { gid }) => {
      const room = await rooms.get(device, gid);
      return room === undefined ? {} : { room };
    },
    'rooms.alive': async (device, { gid, session }) => {
      const { room, key } = rooms.of(device, gid);
      if (session !== room.state.facts.session) throw new StoaError('NOT_IN_ROOM');
      room.take({ type: 'alive', key });
      const { participants } = room.state;
      return {
        rev: participants.get(key)?.rev ?? 0,
        count: participants.size,
        pass: passes.issue(gid, device.uid),
      };
    },
    'rooms.publish': async (device, { gid, ...request }) => {
      const { room, key } = rooms.of(device, gid);
      return room.publish(key, request);
    },
    'rooms.receive': async (device, { gid }) => {
      const { room, key } = rooms.of(device, gid);
      return room.receive(key);
    },
    'rooms.answer': async (device, { gid, ...answer }) => {
      const { room, key } = rooms.of(device, gid);
      await room.answer(key, answer);
      return {};
    },
    'rooms.watch': async (device, { gid, streams, others }) => {
      const { room, key } = rooms.of(device, gid);
      const offer = await room.watch(key, { streams, others });
      return offer === undefined ? {} : { offer };
    },
    'rooms.mute': async (device, { gid, sid, audio, video }) => {
      const { room, key } = rooms.of(device, gid);
      room.take({ type: 'mute', key, sid, audio, video });
      return {};
    },
    'rooms.hand': async (device, { gid, raised }) => {
      const { room, key } = rooms.of(device, gid);
      room.take({ type: 'hand', key, raised });
      return {};
    },
    'rooms.react': async (device, { gid, reaction }) => {
      const { room, key } = rooms.of(device, gid);
      room.take({ type: 'react', key, reaction });
      return {};
    },
    'rooms.record': async (device, { gid, on }) => {
      const { room, key } = rooms.of(device, gid);
      await room.record(key, on);
      return {};
    },
    'rooms.control': async (device, { gid, ...request }) => {
      const { room, key } = rooms.of(device, gid);
      room.take({ type: 'control', key, command: commandOf(request) });
      return {};
    },
  };
}

function commandOf({
  action,
  who,
  on = true,
  audio = true,
  video = false,
  lock = false,
  ask,
}: Omit<OperationRequest<'rooms.control'>, 'gid'>): ControlCommand {
  switch (action) {
    case 'mute':
      return { action, who, on, audio, video, lock };
    case 'hangup':
      return { action, who };
    case 'ask':
      if (ask === undefined) throw new StoaError('BAD_REQUEST', '"ask" says what is asked.');
      return { action, who, ask };
  }
}
