import type { Group, GroupMember } from '@stoa/client';
import { adminFlags, allPermissions } from '@stoa/protocol';
import { UserMinus } from 'lucide-react';
import { useState } from 'react';
import { useAttempt } from '../hooks/use-attempt.ts';
import { useStatus } from '../hooks/use-status.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { PictureButton } from '../profiles/picture-button.tsx';
import { Avatar } from '../ui/avatar.tsx';
import controls from '../ui/controls.module.css';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import styles from './groups.module.css';
import { codeOf, inviteLink } from './invitation.ts';
import { PickPeople } from './pick-people.tsx';
import { useGroup } from './use-group.ts';

/** Who is in a group, and for those who may: adding, removing, inviting by a code. */
export function GroupInfo({ gid, onClose }: { gid: number; onClose: () => void }) {
  const { client, session } = useWorkspace();
  const { group, members } = useGroup(gid, true);
  const { attempt, busy, failure } = useAttempt();
  const isOnline = useStatus().state === 'online';
  const [added, setAdded] = useState<readonly string[]>([]);
  const [invited, setInvited] = useState<{ code: string; link: string }>();

  if (group === undefined) {
    return (
      <Dialog title="Group" onClose={onClose}>
        <p role="status">
          {isOnline ? 'Loading…' : 'Who is in the group can be told when the connection is back.'}
        </p>
      </Dialog>
    );
  }
  return (
    <Dialog title={group.name} note={countOf(group.members)} onClose={onClose}>
      {may(group, adminFlags.modify) && (
        <PictureButton
          busy={busy}
          onChoose={(file) =>
            void attempt(async () => {
              const { url } = await client.files.uploadPicture(file);
              await client.groups.update(gid, { image: url });
            })
          }
        />
      )}
      <ul className={styles.members} aria-label="Members">
        {members.map((member) => (
          <MemberRow
            key={member.user}
            member={member}
            isSelf={member.user === session.address}
            onRemove={
              may(group, removalOf(member)) && member.user !== session.address
                ? () => void attempt(() => client.groups.removeMembers(gid, [member.user]))
                : undefined
            }
          />
        ))}
      </ul>
      {may(group, adminFlags.addUser) && (
        <section aria-label="Add people" className={styles.form}>
          <PickPeople picked={added} without={new Set(members.map(({ user }) => user))} onPick={setAdded} />
          <DialogActions>
            {may(group, adminFlags.addPin) && (
              <button
                type="button"
                className={controls.quiet}
                disabled={busy}
                onClick={() =>
                  void attempt(async () => {
                    const { pin } = await client.groups.addPin(gid, { permissions: allPermissions });
                    const invitation = { gid, pin };
                    setInvited({
                      code: codeOf(invitation),
                      link: inviteLink(invitation, window.location.href),
                    });
                  })
                }
              >
                Invite with a code or link
              </button>
            )}
            <button
              type="button"
              className={controls.primary}
              disabled={busy || added.length === 0}
              onClick={() =>
                void attempt(async () => {
                  const { unknown } = await client.groups.addMembers(gid, added);
                  setAdded(unknown);
                  if (unknown.length > 0) throw new Error(`Nobody has the address ${unknown.join(', ')}.`);
                })
              }
            >
              Add
            </button>
          </DialogActions>
        </section>
      )}
      {invited !== undefined && (
        <p className={styles.code} role="status">
          Whoever has this code can join: <strong>{invited.code}</strong>, or opens the link{' '}
          <a href={invited.link}>{invited.link}</a>
        </p>
      )}
      <p role="alert" className={styles.failure}>
        {failure}
      </p>
      <LeaveGroup
        busy={busy}
        onLeave={() =>
          void attempt(async () => {
            await client.groups.leave(gid);
            onClose();
          })
        }
      />
    </Dialog>
  );
}

function MemberRow({
  member: { user, name, role },
  isSelf,
  onRemove,
}: {
  member: GroupMember;
  isSelf: boolean;
  onRemove: (() => void) | undefined;
}) {
  return (
    <li className={styles.member}>
      <Avatar address={user} name={name || user} size={32} />
      <span className={styles.name}>{isSelf ? 'You' : name || user}</span>
      {role !== 'member' && <span className={styles.role}>{role}</span>}
      {onRemove !== undefined && (
        <button
          type="button"
          className={controls.icon}
          title={`Remove ${name || user}`}
          aria-label={`Remove ${name || user}`}
          onClick={onRemove}
        >
          <UserMinus size={18} />
        </button>
      )}
    </li>
  );
}

/** Asks once more: only who leads the group, or a code, brings back who has left. */
function LeaveGroup({ busy, onLeave }: { busy: boolean; onLeave: () => void }) {
  const [isAsking, setAsking] = useState(false);
  if (!isAsking) {
    return (
      <DialogActions>
        <button type="button" className={controls.danger} onClick={() => setAsking(true)}>
          Leave group
        </button>
      </DialogActions>
    );
  }
  return (
    <section aria-label="Leave group">
      <p role="status">
        You get no more messages of this group, and come back only when somebody lets you in.
      </p>
      <DialogActions>
        <button type="button" className={controls.quiet} onClick={() => setAsking(false)}>
          Stay
        </button>
        <button type="button" className={controls.danger} disabled={busy} onClick={onLeave}>
          Leave now
        </button>
      </DialogActions>
    </section>
  );
}

export function countOf(members: number): string {
  return members === 1 ? '1 member' : `${members} members`;
}

const may = ({ admin = 0 }: Group, right: number): boolean => (admin & (right | adminFlags.owner)) !== 0;

function removalOf({ role }: GroupMember): number {
  if (role === 'owner') return adminFlags.removeOwner;
  return role === 'admin' ? adminFlags.removeAdmin : adminFlags.removeUser;
}
