import { Content, Description, Portal, Root, Title } from '@radix-ui/react-dialog';
import { Phone, PhoneOff, Video } from 'lucide-react';
import { useRef } from 'react';
import { useLivePart } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { Avatar } from '../ui/avatar.tsx';
import type { CallView } from './call-board.ts';
import styles from './incoming-call.module.css';
import { usePeerName } from './use-peer-name.ts';

/**
 * Somebody calls. The sheet takes the focus, none of its buttons: whoever is typing answers nothing by accident.
 * Escape only stops the ringing.
 */
export function IncomingCall({ view }: { view: CallView }) {
  const { calls } = useWorkspace();
  const { call, problem, isOpening } = view;
  const name = usePeerName(call.peer, call.name);
  const sheet = useRef<HTMLDivElement>(null);
  const isSecond = useLivePart(
    calls,
    ({ current }) => current !== undefined && current.status.phase !== 'ended',
  );
  const kind = call.video ? 'video call' : 'voice call';

  return (
    <Root open modal={false}>
      <Portal>
        <Content
          ref={sheet}
          className={styles.sheet}
          role="alertdialog"
          tabIndex={-1}
          data-incoming={call.peer}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            sheet.current?.focus();
          }}
          onEscapeKeyDown={(event) => {
            event.preventDefault();
            calls.silence();
          }}
          onInteractOutside={(event) => event.preventDefault()}
        >
          <div className={styles.who}>
            <span className={styles.pulse}>
              <Avatar address={call.peer} name={name} size={48} />
            </span>
            <div className={styles.text}>
              <Title className={styles.name}>{name}</Title>
              <Description className={styles.kind}>
                {isOpening ? 'Opening the microphone…' : `Incoming ${kind}`}
              </Description>
            </div>
          </div>
          {problem !== undefined && (
            <p role="alert" className={styles.problem}>
              {problem.message} {problem.hint}
            </p>
          )}
          {isSecond && <p className={styles.note}>Answering ends the call that you are in.</p>}
          <div className={styles.actions}>
            <button
              type="button"
              className={`${styles.action} ${styles.decline}`}
              onClick={() => calls.hangUp(call)}
            >
              <PhoneOff size={20} />
              Decline
            </button>
            <button
              type="button"
              className={`${styles.action} ${styles.answer}`}
              disabled={isOpening}
              onClick={() => calls.answer(call, call.video)}
            >
              {call.video ? <Video size={20} /> : <Phone size={20} />}
              {isSecond ? 'End and answer' : 'Answer'}
            </button>
            {call.video && (
              <button
                type="button"
                className={`${styles.action} ${styles.plain}`}
                disabled={isOpening}
                onClick={() => calls.answer(call, false)}
              >
                <Phone size={20} />
                Answer without video
              </button>
            )}
          </div>
        </Content>
      </Portal>
    </Root>
  );
}
