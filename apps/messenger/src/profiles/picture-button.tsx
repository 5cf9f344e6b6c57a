import { Camera } from 'lucide-react';
import { useRef } from 'react';
import controls from '../ui/controls.module.css';

/** Lets people choose a picture. */
export function PictureButton({ busy, onChoose }: { busy: boolean; onChoose: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        hidden
        type="file"
        accept="image/*"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file !== undefined) onChoose(file);
          // The same file can be chosen again.
          target.value = '';
        }}
      />
      <button type="button" className={controls.quiet} disabled={busy} onClick={() => input.current?.click()}>
        <Camera size={18} /> {busy ? 'Uploading…' : 'Change picture'}
      </button>
    </>
  );
}
