import { useSmallPicture } from '../profiles/use-profile.ts';
import styles from './avatar.module.css';

/** The picture, else initials on a colour that stays the same for the same address. Decorative: the name stands beside it. */
export function Avatar({
  address,
  gid,
  name,
  size = 48,
  online = false,
}: {
  address: string;
  /** Of a group. */
  gid?: number | undefined;
  name: string;
  size?: 32 | 40 | 48 | 128;
  online?: boolean;
}) {
  const picture = useSmallPicture({ address, gid });
  return (
    <span
      className={styles.avatar}
      style={{ '--size': `${size}px`, '--hue': hueOf(address) }}
      aria-hidden="true"
    >
      {picture === undefined ? initials(name) : <img className={styles.picture} src={picture} alt="" />}
      {online && <span className={styles.online} />}
    </span>
  );
}

function hueOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 3600;
  // Twelve hues, so that neighbours can be told apart.
  return (hash % 12) * 30;
}

function initials(name: string): string {
  const words = name.trim().split(/[\s._-]+/u);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}
