import {
  Content,
  Item,
  ItemIndicator,
  Label,
  Portal,
  RadioGroup,
  RadioItem,
  Root,
  Separator,
  Trigger,
} from '@radix-ui/react-dropdown-menu';
import { Check, type LucideIcon } from 'lucide-react';
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
  isDark = false,
  children,
}: {
  label: string;
  icon: LucideIcon;
  className: string | undefined;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  tabIndex?: 0 | -1;
  /** It belongs to a part of the page that is dark in every theme. */
  isDark?: boolean;
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
        <Content
          className={styles.menu}
          data-scheme={isDark ? 'dark' : undefined}
          align="end"
          sideOffset={4}
          collisionPadding={8}
          loop
        >
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

/** One of several, under a heading. */
export function MenuChoice({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string | undefined;
  options: readonly { readonly value: string; readonly label: string }[];
  onChange: (value: string) => void;
}) {
  return (
    <RadioGroup {...(value === undefined ? {} : { value })} onValueChange={onChange} aria-label={label}>
      <Label className={styles.label}>{label}</Label>
      {options.map((option) => (
        <RadioItem key={option.value} className={styles.choice} value={option.value}>
          <ItemIndicator className={styles.mark}>
            <Check size={16} />
          </ItemIndicator>
          {option.label}
        </RadioItem>
      ))}
    </RadioGroup>
  );
}

export function MenuLine() {
  return <Separator className={styles.line} />;
}
