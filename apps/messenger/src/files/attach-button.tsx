import { Paperclip } from 'lucide-react';
import { useRef } from 'react';
import controls from '../ui/controls.module.css';

/** Lets the user choose files to be sent. */
export function AttachButton({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          // The same file can be chosen again.
          target.value = '';
        }}
      />
      <button
        type="button"
        className={controls.icon}
        aria-label="Attach files"
        title="Attach files"
        onClick={() => input.current?.click()}
      >
        <Paperclip size={20} />
      </button>
    </>
  );
}
