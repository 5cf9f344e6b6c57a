import { Close, Content, Description, Overlay, Portal, Root, Title } from '@radix-ui/react-dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import controls from './controls.module.css';
import styles from './dialog.module.css';

/** A window over the page while it is mounted. It keeps the focus, and gives it back; Escape closes it. */
export function Dialog({
  title,
  note,
  onClose,
  children,
}: {
  title: string;
  /** What it is about, below the title. */
  note?: string;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Root open onOpenChange={(open) => open || onClose()}>
      <Portal>
        <Overlay className={styles.overlay} />
        <Content className={styles.dialog} {...(note === undefined ? { 'aria-describedby': undefined } : {})}>
          <header className={styles.header}>
            <Title className={styles.title}>{title}</Title>
            <Close className={controls.icon} aria-label="Close" title="Close">
              <X size={20} />
            </Close>
          </header>
          {note !== undefined && <Description className={styles.note}>{note}</Description>}
          {children}
        </Content>
      </Portal>
    </Root>
  );
}

/** The row of buttons at the end of a dialog. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
