import type { LocalConversation, Target } from '@stoa/client';
import type { MessageAge } from '@stoa/protocol';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { Dialog } from '../ui/dialog.tsx';
import styles from './disappearing-messages.module.css';

const hour = 3600;
const choices = [
  { label: 'Never', seconds: 0 },
  { label: 'An hour after they were read', seconds: hour },
  { label: 'A day after they were read', seconds: 24 * hour },
  { label: 'A week after they were read', seconds: 7 * 24 * hour },
  { label: 'Thirty days after they were read', seconds: 30 * 24 * hour },
] as const;

/** When the messages disappear that the user sends in a chat from now on. */
export function DisappearingMessages({
  target,
  conversation,
  onClose,
}: {
  target: Target;
  conversation: LocalConversation | undefined;
  onClose: () => void;
}) {
  const { client } = useWorkspace();
  const current = conversation?.age?.from === 'read' ? conversation.age.seconds : 0;

  function choose(seconds: number): void {
    const age: MessageAge | undefined = seconds === 0 ? undefined : { seconds, from: 'read' };
    void client.setAge(target, age);
    onClose();
  }

  return (
    <Dialog
      title="Disappearing messages"
      note="For the messages that you send here from now on. They disappear for everybody, on all devices."
      onClose={onClose}
    >
      <fieldset className={styles.choices}>
        <legend className={styles.legend}>My messages disappear</legend>
        {choices.map(({ label, seconds }) => (
          <label key={seconds} className={styles.choice}>
            <input type="radio" name="age" checked={seconds === current} onChange={() => choose(seconds)} />
            {label}
          </label>
        ))}
      </fieldset>
    </Dialog>
  );
}
