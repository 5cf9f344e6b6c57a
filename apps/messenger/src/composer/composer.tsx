import { type ConversationId, targetOf } from '@stoa/client';
import { limits } from '@stoa/protocol';
import { SendHorizontal } from 'lucide-react';
import { type KeyboardEvent, useLayoutEffect, useRef } from 'react';
import { useLivePart } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import styles from './composer.module.css';

/** Bytes of a message that are not its text. */
const envelopeBytes = 64;

/** The field to write in. Enter sends, Shift+Enter begins a line (on touch keyboards Enter does). */
export function Composer({ id, name }: { id: ConversationId; name: string }) {
  const { client, drafts } = useWorkspace();
  const field = useRef<HTMLTextAreaElement>(null);
  const text = useLivePart(drafts, (texts) => texts.get(id)) ?? '';
  const excess = excessBytes(text);
  const canSend = text.trim() !== '' && excess === 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  function write(next: string): void {
    drafts.write(id, next);
    if (next !== '') client.sendTyping(targetOf(id));
  }

  function send(): void {
    if (!canSend) return;
    // A refusal is shown on the message itself.
    client.send(targetOf(id), { content: { text: text.trim() } }).sent.catch(() => {});
    drafts.write(id, '');
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const composing = event.nativeEvent.isComposing;
    if (event.key !== 'Enter' || event.shiftKey || composing || isTouch()) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {excess > 0 && (
        <p className={styles.excess} role="alert">
          This is {excess.toLocaleString()} bytes too long. Send it in parts.
        </p>
      )}
      <textarea
        ref={field}
        className={styles.field}
        rows={1}
        // biome-ignore lint/a11y/noAutofocus: opening a chat is the wish to write; touch screens keep the keyboard shut.
        autoFocus={!isTouch()}
        placeholder="Message"
        aria-label={`Message to ${name}`}
        value={text}
        onChange={(event) => write(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" className={styles.send} disabled={!canSend} aria-label="Send" title="Send">
        <SendHorizontal size={20} />
      </button>
    </form>
  );
}

function isTouch(): boolean {
  return window.matchMedia('(pointer: coarse)').matches;
}

/** By how much the text exceeds what one message may hold. */
function excessBytes(text: string): number {
  const limit = limits.contentBytes - envelopeBytes;
  // No character has more than three bytes for each of its UTF-16 units.
  if (text.length * 3 <= limit) return 0;
  return Math.max(0, new TextEncoder().encode(text).length - limit);
}
