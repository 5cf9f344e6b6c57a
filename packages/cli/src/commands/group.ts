import { roomKinds } from '@stoa/protocol';
import { Command } from 'commander';
import { call, listAll } from '../api.ts';
import { apiOptions, forApp } from '../options.ts';
import { say, table } from '../output.ts';

interface Group {
  readonly gid: number;
  readonly name: string;
  readonly flags: number;
  readonly members: number;
}

interface Member {
  readonly address: string;
  readonly name: string;
  readonly role: string;
  readonly permissions: number;
}

const pathOf = (gid: string): string => `/groups/${encodeURIComponent(gid)}`;

/** `stoa group create|list|members|add|remove|delete` */
export function groupCommand(): Command {
  const group = new Command('group').description('Manage the groups of an app.');

  forApp(group.command('create <name> [members...]').description('Make a group with these users.'))
    .option('--owner <address>', 'Its owner, who may do everything in it; none if not given.')
    .option('--flags <bits>', 'Group flags, as a number: 32 gives each message to one member in turn.')
    .option('--kind <kind>', `Kind of its room: ${Object.keys(roomKinds).join(', ')}; adds flags.`)
    .action(async (name: string, members: string[], options) => {
      const made = await call<Group>(apiOptions(options, 'app'), 'POST', '/groups', {
        name,
        ...(members.length === 0 ? {} : { members }),
        ...(options.owner === undefined ? {} : { owner: options.owner }),
        ...(options.kind === undefined ? {} : { kind: options.kind }),
        ...(options.flags === undefined ? {} : { flags: Number(options.flags) }),
      });
      say(`Group ${made.gid} "${made.name}" with ${countOf(made.members)}.`);
    });

  forApp(group.command('list').description('List groups.')).action(async (options) => {
    const rows = [['GID', 'NAME', 'FLAGS', 'MEMBERS']];
    for await (const one of listAll<Group>(apiOptions(options, 'app'), '/groups')) {
      rows.push([String(one.gid), one.name, `0x${one.flags.toString(16)}`, String(one.members)]);
    }
    table(rows);
  });

  forApp(group.command('members <gid>').description('List the members of a group.')).action(
    async (gid: string, options) => {
      const rows = [['ADDRESS', 'NAME', 'ROLE', 'PERMISSIONS']];
      for await (const one of listAll<Member>(apiOptions(options, 'app'), `${pathOf(gid)}/members`)) {
        rows.push([one.address, one.name, one.role, `0x${one.permissions.toString(16)}`]);
      }
      table(rows);
    },
  );

  forApp(group.command('add <gid> <members...>').description('Add users to a group.')).action(
    async (gid: string, members: string[], options) => {
      const api = apiOptions(options, 'app');
      const { data } = await call<{ data: Member[] }>(api, 'POST', `${pathOf(gid)}/members`, { members });
      const added = data.map(({ address }) => address);
      say(`In group ${gid}: ${added.join(', ') || 'none of them'}.`);
      const unknown = members.filter((address) => !added.includes(address));
      if (unknown.length > 0) throw new Error(`There is no user ${unknown.join(', ')}.`);
    },
  );

  forApp(group.command('remove <gid> <members...>').description('Remove users from a group.')).action(
    async (gid: string, members: string[], options) => {
      for (const address of members) {
        const path = `${pathOf(gid)}/members/${encodeURIComponent(address)}`;
        await call(apiOptions(options, 'app'), 'DELETE', path);
      }
      say(`Not in group ${gid} any more: ${members.join(', ')}.`);
    },
  );

  forApp(
    group.command('delete <gid>').description('Delete a group; members keep what they received.'),
  ).action(async (gid: string, options) => {
    await call(apiOptions(options, 'app'), 'DELETE', pathOf(gid));
    say(`Group ${gid} was deleted.`);
  });

  return group;
}

const countOf = (members: number): string => (members === 1 ? '1 member' : `${members} members`);
