import { limits } from '@stoa/protocol';
import { useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import styles from './schedule-message.module.css';
import { fieldValue, timeOfField, tomorrowMorning } from './schedule-time.ts';

/** Asks when what was written is to be sent. */
export function ScheduleMessage({
  onSchedule,
  onClose,
}: {
  onSchedule: (at: number) => void;
  onClose: () => void;
}) {
  const { client } = useWorkspace();
  const now = client.serverTime();
  const [value, setValue] = useState(() => fieldValue(tomorrowMorning(now)));
  const at = timeOfField(value);
  const isPossible = at !== undefined && at > now && at - now < limits.scheduleSeconds * 1000;

  return (
    <Dialog title="Send later" note="The server sends it, also while you are away." onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isPossible) return;
          onSchedule(at);
          onClose();
        }}
      >
        <label>
          When
          <input
            type="datetime-local"
            className={controls.field}
            value={value}
            min={fieldValue(now)}
            onChange={(event) => setValue(event.target.value)}
          />
        </label>
        <p role="alert" className={styles.problem}>
          {isPossible ? '' : 'Choose a time within the next year.'}
        </p>
        <DialogActions>
          <button type="button" className={controls.quiet} onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className={controls.primary} disabled={!isPossible}>
            Schedule
          </button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
