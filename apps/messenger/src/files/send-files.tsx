import { FileUp } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import controls from '../ui/controls.module.css';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { shownSize } from './file-size.ts';
import styles from './send-files.module.css';

/** Shows files that were pasted or dropped, and asks before they are sent: neither is always meant. */
export function SendFiles({
  files,
  name,
  onSend,
  onClose,
}: {
  files: readonly File[];
  /** To whom. */
  name: string;
  /** `text` goes with the first of them. */
  onSend: (files: readonly File[], text: string) => void;
  onClose: () => void;
}) {
  const [text, setText] = useState('');

  function send(event: FormEvent): void {
    event.preventDefault();
    onSend(files, text.trim());
    onClose();
  }

  return (
    <Dialog
      title={files.length === 1 ? 'Send this file?' : `Send ${files.length} files?`}
      note={`To ${name}.`}
      onClose={onClose}
    >
      <ul className={styles.list} aria-label="Files">
        {files.map((file, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they stay as they are, and may have one name.
          <FileRow key={index} file={file} />
        ))}
      </ul>
      <form className={styles.form} onSubmit={send}>
        <label>
          Text
          <input
            className={controls.field}
            dir="auto"
            placeholder="Goes with the file"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <DialogActions>
          <button type="button" className={controls.quiet} onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className={controls.primary}
            // biome-ignore lint/a11y/noAutofocus: Enter sends, as it does in the chat.
            autoFocus
          >
            Send
          </button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function FileRow({ file }: { file: File }) {
  const picture = usePicture(file);
  return (
    <li className={styles.file}>
      {picture === undefined ? <FileUp size={32} /> : <img className={styles.picture} src={picture} alt="" />}
      <bdi className={styles.name}>{file.name}</bdi>
      <small>{shownSize(file.size)}</small>
    </li>
  );
}

/** A picture's address as long as it is shown. */
function usePicture(file: File): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (!file.type.startsWith('image/')) return;
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return address;
}
