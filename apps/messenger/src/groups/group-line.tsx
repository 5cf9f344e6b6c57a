import { useState } from 'react';
import { countOf, GroupInfo } from './group-info.tsx';
import styles from './groups.module.css';
import { useGroup } from './use-group.ts';

/** Below the name of a group: how many are in it; leads to who they are. */
export function GroupLine({ gid, left }: { gid: number; left: boolean }) {
  const { group } = useGroup(gid, false);
  const [isOpen, setOpen] = useState(false);
  if (left || group?.role === undefined) return <span className={styles.subtitle}>Group</span>;
  return (
    <>
      <button
        type="button"
        className={styles.subtitle}
        aria-haspopup="dialog"
        title="Group info"
        onClick={() => setOpen(true)}
      >
        {countOf(group.members)}
      </button>
      {isOpen && <GroupInfo gid={gid} onClose={() => setOpen(false)} />}
    </>
  );
}
