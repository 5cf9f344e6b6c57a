import { Content, Item, Portal, Root, Separator, Trigger } from '@radix-ui/react-dropdown-menu';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './menu.module.css';

/** A button with a menu. Arrow keys move in it, Escape closes it and gives the focus back. */
export function Menu({
  label,
  icon: Icon,
  className,
  open,
  onOpenChange,
  tabIndex,
  children,
}: {
  label: string;
  icon: LucideIcon;
  className: string | undefined;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  tabIndex?: 0 | -1;
  children: ReactNode;
}) {
  return (
    // Not modal: the page behind it stays readable and can be scrolled.
    <Root
      modal={false}
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange === undefined ? {} : { onOpenChange })}
    >
      <Trigger asChild>
        <button type="button" className={className} aria-label={label} title={label} tabIndex={tabIndex}>
          <Icon size={20} />
        </button>
      </Trigger>
      <Portal>
        <Content className={styles.menu} align="end" sideOffset={4} collisionPadding={8} loop>
          {children}
        </Content>
      </Portal>
    </Root>
  );
}

export function MenuItem({
  icon: Icon,
  danger = false,
  onSelect,
  children,
}: {
  icon: LucideIcon;
  danger?: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <Item className={styles.item} data-danger={danger} onSelect={onSelect}>
      <Icon size={18} />
      {children}
    </Item>
  );
}

export function MenuLine() {
  return <Separator className={styles.line} />;
}
