import type { Content } from '@stoa/protocol';
import { FileUp, MapPin, Paperclip, UserRound } from 'lucide-react';
import { useRef, useState } from 'react';
import controls from '../ui/controls.module.css';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { ownPlace } from './own-place.ts';
import { SendContacts } from './send-contacts.tsx';

/** Lets the user choose what is to be sent besides text: files, where he is, cards of people. */
export function AttachMenu({
  onFiles,
  onContent,
  onRefused,
}: {
  onFiles: (files: readonly File[]) => void;
  onContent: (content: Content) => void;
  onRefused: (error: Error) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [isChoosing, setChoosing] = useState(false);
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
      <Menu label="Attach" icon={Paperclip} className={controls.icon}>
        <MenuItem icon={FileUp} onSelect={() => input.current?.click()}>
          Files
        </MenuItem>
        <MenuItem icon={MapPin} onSelect={() => void ownPlace().then(onContent, onRefused)}>
          My location
        </MenuItem>
        <MenuItem icon={UserRound} onSelect={() => setChoosing(true)}>
          Contacts
        </MenuItem>
      </Menu>
      {isChoosing && <SendContacts onContent={onContent} onClose={() => setChoosing(false)} />}
    </>
  );
}
