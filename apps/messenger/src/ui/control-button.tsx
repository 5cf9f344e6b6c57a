import type { LucideIcon } from 'lucide-react';

/** A round button of a call or a room: to mute, to share, to leave. Pressed, it says what is off or on. */
export function ControlButton({
  className,
  label,
  title = label,
  icon: Icon,
  pressed,
  alert = false,
  disabled = false,
  kind = 'plain',
  onClick,
}: {
  className: string | undefined;
  label: string;
  title?: string;
  icon: LucideIcon;
  pressed?: boolean;
  /** Something that the user should not forget: it stands out. */
  alert?: boolean;
  disabled?: boolean;
  kind?: 'plain' | 'end';
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      className={className}
      aria-label={label}
      aria-pressed={pressed}
      title={title}
      data-alert={alert}
      data-kind={kind}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon size={22} />
    </button>
  );
}
