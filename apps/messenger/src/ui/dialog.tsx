import { Close, Content, Description, Overlay, Portal, Root, Title } from '@radix-ui/react-dialog';
import { X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
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
  const [opener] = useState(focusToReturnTo);

  function giveFocusBack(event: Event): void {
    event.preventDefault();
    opener?.focus();
  }

  return (
    <Root open onOpenChange={(open) => open || onClose()}>
      <Portal>
        <Overlay className={styles.overlay} />
        <Content
          className={styles.dialog}
          onCloseAutoFocus={giveFocusBack}
          {...(note === undefined ? { 'aria-describedby': undefined } : {})}
        >
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

/** What opened the dialog: a button, or the button of the menu whose item was chosen, for the item is gone by then. */
function focusToReturnTo(): HTMLElement | undefined {
  const focused = document.activeElement;
  const menuButton = focused?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  const opener = menuButton ? document.getElementById(menuButton) : focused;
  return opener instanceof HTMLElement ? opener : undefined;
}

/** The row of buttons at the end of a dialog. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
