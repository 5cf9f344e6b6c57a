import type { LinkPreview } from '@stoa/protocol';
import { useMemo } from 'react';
import { pictureOf } from '../files/picture-of.ts';
import styles from './link-card.module.css';

/** What a link leads to, as its sender saw it. Nothing is loaded from there. */
export function LinkCard({ preview }: { preview: LinkPreview }) {
  const { url, title, description, site, image } = preview;
  const picture = useMemo(() => pictureOf(image), [image]);
  // Strangers send them.
  if (!/^https?:\/\//i.test(url)) return null;
  return (
    <a className={styles.card} href={url} target="_blank" rel="noopener noreferrer">
      {picture !== undefined && <img src={picture} alt="" />}
      <span className={styles.text}>
        <small>{site ?? hostOf(url)}</small>
        {title !== undefined && <strong dir="auto">{title}</strong>}
        {description !== undefined && (
          <span className={styles.description} dir="auto">
            {description}
          </span>
        )}
      </span>
    </a>
  );
}

const hostOf = (url: string): string => URL.parse(url)?.host ?? url;
