import { fileKindOf } from '@stoa/client';
import type { Content } from '@stoa/protocol';
import { FileDown } from 'lucide-react';
import { useMemo, useState } from 'react';
import { VoiceNote } from '../notes/voice-note.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { shownSize } from './file-size.ts';
import styles from './message-file.module.css';
import { pictureOf } from './picture-of.ts';
import { useFileLink } from './use-file-link.ts';

type MessageFile = NonNullable<Content['file']>;

/** The file of a message: a picture, something that plays, or a link. Files of other servers are links only. */
export function MessageFile({ file }: { file: MessageFile }) {
  const link = useFileLink(file);
  const kind = file.id === undefined ? 'other' : fileKindOf(file.mime ?? '');
  const name = file.name ?? file.url;
  if (kind === 'image') return <Picture file={file} link={link} name={name} />;
  if (kind === 'audio' && file.note === true) {
    return <VoiceNote link={link} duration={file.duration} waveform={file.waveform} />;
  }
  if (link === undefined) return <span className={styles.file}>File: {name}</span>;
  if (kind === 'video' || kind === 'audio') {
    return <Player kind={kind} link={link} name={name} poster={pictureOf(file.thumbnail)} />;
  }
  // Only addresses of the web: strangers send them.
  if (!/^https?:/i.test(link)) return <span className={styles.file}>File: {name}</span>;
  return (
    <a className={styles.file} href={link} target="_blank" rel="noopener noreferrer" download={name}>
      <FileDown size={20} /> File: {name}
      {file.size !== undefined && <small>{shownSize(file.size)}</small>}
    </a>
  );
}

function Player({
  kind,
  link,
  name,
  poster,
}: {
  kind: 'video' | 'audio';
  link: string;
  name: string;
  poster: string | undefined;
}) {
  const shared = { src: link, controls: true, preload: 'metadata', 'aria-label': name };
  if (kind === 'audio') return <audio className={styles.audio} {...shared} />;
  return <video className={styles.video} {...shared} poster={poster} playsInline />;
}

function Picture({ file, link, name }: { file: MessageFile; link: string | undefined; name: string }) {
  const [isOpen, setOpen] = useState(false);
  const preview = useMemo(() => pictureOf(file.thumbnail), [file.thumbnail]);
  const source = link ?? preview;
  const { width = 320, height = 240 } = file;
  return (
    <>
      <button
        type="button"
        className={styles.picture}
        aria-label={`Open picture ${name}`}
        onClick={() => setOpen(true)}
      >
        <img
          src={source}
          alt={name}
          width={width}
          height={height}
          style={preview === undefined ? undefined : { backgroundImage: `url("${preview}")` }}
        />
      </button>
      {isOpen && (
        <Dialog title={name} onClose={() => setOpen(false)}>
          <img className={styles.viewed} src={source} alt={name} />
        </Dialog>
      )}
    </>
  );
}
