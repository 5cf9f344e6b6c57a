import type { ConversationId, Transfer } from '@stoa/client';
import { Pause, Play, X } from 'lucide-react';
import { useAttempt } from '../hooks/use-attempt.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import { shownSize } from './file-size.ts';
import styles from './transfers.module.css';
import { useTransfers } from './use-transfers.ts';

/** Files on their way to this conversation: how far they have got, and what can be done about it. */
export function Transfers({ id }: { id: ConversationId }) {
  const transfers = useTransfers(id);
  if (transfers.length === 0) return null;
  return (
    <ul className={styles.list} aria-label="Files being sent">
      {transfers.map((transfer) => (
        <TransferRow key={transfer.id} transfer={transfer} />
      ))}
    </ul>
  );
}

function TransferRow({ transfer }: { transfer: Transfer }) {
  const { files } = useWorkspace().client;
  const { attempt, failure } = useAttempt();
  const { id, name, size, sent, state } = transfer;
  const isStopped = state === 'paused' || state === 'failed';
  const change = state === 'failed' ? 'Try again' : isStopped ? 'Go on' : 'Pause';
  return (
    <li className={styles.row}>
      <span className={styles.name}>{name}</span>
      <progress
        className={styles.progress}
        value={sent}
        max={Math.max(1, size)}
        aria-label={`Sending ${name}`}
      />
      <span className={styles.note}>{noteOf(transfer)}</span>
      <button
        type="button"
        className={controls.icon}
        aria-label={`${change}: ${name}`}
        title={change}
        onClick={() => void attempt(() => (isStopped ? files.resume(id) : files.pause(id)))}
      >
        {isStopped ? <Play size={18} /> : <Pause size={18} />}
      </button>
      <button
        type="button"
        className={controls.icon}
        aria-label={`Cancel: ${name}`}
        title="Cancel"
        onClick={() => void attempt(() => files.cancel(id))}
      >
        <X size={18} />
      </button>
      <p role="alert" className={styles.failure}>
        {failure}
      </p>
    </li>
  );
}

function noteOf({ state, sent, size, error }: Transfer): string {
  if (state === 'failed') return error?.message ?? 'Failed';
  if (state === 'paused') return 'Paused';
  if (error !== undefined) return 'Waiting for the server';
  return `${shownSize(sent)} of ${shownSize(size)}`;
}
