import { type ConversationId, type LocalMessage, type RecordedNote, targetOf } from '@stoa/client';
import type { Content } from '@stoa/protocol';
import { CalendarClock, Check, SendHorizontal } from 'lucide-react';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { AttachMenu } from '../attach/attach-menu.tsx';
import { useLivePart } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { NoteBar } from '../notes/note-bar.tsx';
import { NoteButtons } from '../notes/note-buttons.tsx';
import { useNoteRecording } from '../notes/use-note-recording.ts';
import { ScheduleMessage } from '../scheduled/schedule-message.tsx';
import controls from '../ui/controls.module.css';
import styles from './composer.module.css';
import { ComposerContext } from './composer-context.tsx';
import { enterSends, isComposing, isTouch } from './enter-sends.ts';
import { MentionList } from './mention-list.tsx';
import { saying } from './saying.ts';
import { excessBytes } from './text-size.ts';
import { TooLong } from './too-long.tsx';
import { useAnsweredByDraft } from './use-answered.ts';
import { useLinkPreview } from './use-link-preview.ts';
import { useMentionList } from './use-mention-list.ts';
import { useMentionable } from './use-mentionable.ts';
import { WrittenPreview } from './written-preview.tsx';

/**
 * The field to write in. Enter sends, Shift+Enter begins a line (on touch keyboards Enter does), Escape ends replying
 * and editing, Up in an empty field edits the last own message. In groups an `@` offers the members.
 */
export function Composer({
  id,
  name,
  authorOf,
  editing,
  onEdit,
  onFiles,
  onPastedFiles,
  onNote,
  onRefused,
}: {
  id: ConversationId;
  name: string;
  authorOf: (message: LocalMessage) => string;
  /** The message whose text is being changed. */
  editing: LocalMessage | undefined;
  /** Undefined: ends editing. `last`: the last own message, if it can be edited. */
  onEdit: (what: 'last' | undefined) => void;
  /** Files are to be sent. */
  onFiles: (files: readonly File[]) => void;
  /** Files were pasted. */
  onPastedFiles: (files: readonly File[]) => void;
  /** A voice or video note is to be sent. */
  onNote: (note: RecordedNote) => void;
  /** The server did not take an edit, or the browser does not record. */
  onRefused: (error: Error) => void;
}) {
  const { client, drafts } = useWorkspace();
  const field = useRef<HTMLTextAreaElement>(null);
  const draft = useLivePart(drafts, (written) => written.get(id));
  const [edited, setEdited] = useState('');
  const [isScheduling, setScheduling] = useState(false);
  const answered = useAnsweredByDraft(id, draft?.ref);
  const text = editing === undefined ? (draft?.text ?? '') : edited;
  const excess = excessBytes(text);
  const canSend = text.trim() !== '' && excess === 0;
  const notes = useNoteRecording(onNote, onRefused);
  const { recording } = notes;
  const written = useLinkPreview(text);
  const mentionable = useMentionable(id, text);
  const mentions = useMentionList(field, text, mentionable.people);
  const isEmpty = text === '' && editing === undefined;

  useEffect(() => {
    setEdited(editing?.content?.text ?? '');
    if (editing !== undefined) field.current?.focus();
  }, [editing]);
  // Who wants to answer wants to write.
  useEffect(() => {
    if (draft?.ref !== undefined) field.current?.focus();
  }, [draft?.ref]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  function write(next: string): void {
    if (editing !== undefined) {
      setEdited(next);
      return;
    }
    drafts.write(id, next, draft?.ref);
    if (next !== '') client.sendTyping(targetOf(id));
  }

  function send(at?: number): void {
    if (!canSend) return;
    if (editing !== undefined) {
      if (text.trim() !== editing.content?.text) change(editing, text.trim());
      onEdit(undefined);
    } else {
      const ref = draft?.ref;
      const more = { ...(ref === undefined ? {} : { ref }), ...(at === undefined ? {} : { at }) };
      // A refusal is shown on the message itself.
      const { preview } = written;
      const content = { ...saying(text.trim(), mentionable), ...(preview === undefined ? {} : { preview }) };
      client.send(targetOf(id), { content, ...more }).sent.catch(() => {});
      drafts.write(id, '');
    }
    field.current?.focus();
  }

  function sendContent(content: Content): void {
    client.send(targetOf(id), { content }).sent.catch(() => {});
  }

  function change(message: LocalMessage, next: string): void {
    try {
      const { preview, mentions: _, ...content } = message.content ?? {};
      const kept = preview !== undefined && next.includes(preview.url) ? { preview } : {};
      client.edit(message, { ...content, ...kept, ...saying(next, mentionable) }).done.catch(onRefused);
    } catch (error) {
      onRefused(error instanceof Error ? error : new Error(String(error)));
    }
  }

  function cancel(): void {
    if (editing !== undefined) onEdit(undefined);
    else if (draft?.ref !== undefined) drafts.write(id, draft.text);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (isComposing(event) || mentions.onKeyDown(event)) return;
    if (event.key === 'Escape') cancel();
    else if (event.key === 'ArrowUp' && text === '' && editing === undefined) {
      event.preventDefault();
      onEdit('last');
    } else if (enterSends(event)) {
      event.preventDefault();
      send();
    }
  }

  return (
    <>
      <form
        className={styles.composer}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {editing !== undefined && (
          <ComposerContext kind="edit" message={editing} author={authorOf(editing)} onCancel={cancel} />
        )}
        {editing === undefined && answered !== undefined && (
          <ComposerContext kind="reply" message={answered} author={authorOf(answered)} onCancel={cancel} />
        )}
        {editing === undefined && written.preview !== undefined && (
          <WrittenPreview preview={written.preview} onRemove={written.remove} />
        )}
        {mentions.shown !== undefined && <MentionList shown={mentions.shown} />}
        {excess > 0 && <TooLong bytes={excess} />}
        {recording === undefined ? (
          <textarea
            ref={field}
            className={styles.field}
            dir="auto"
            rows={1}
            // biome-ignore lint/a11y/noAutofocus: opening a chat is the wish to write; touch screens keep the keyboard shut.
            autoFocus={!isTouch()}
            placeholder="Message"
            aria-label={`Message to ${name}`}
            value={text}
            onChange={(event) => {
              write(event.target.value);
              mentions.follow(event.target);
            }}
            onSelect={(event) => mentions.follow(event.currentTarget)}
            onBlur={mentions.leave}
            onKeyDown={onKeyDown}
            {...(mentionable.isGroup && mentions.field)}
            onPaste={(event) => {
              const files = [...event.clipboardData.files];
              if (files.length === 0 || editing !== undefined) return;
              event.preventDefault();
              onPastedFiles(files);
            }}
          />
        ) : (
          <NoteBar notes={notes} recording={recording} />
        )}
        {editing === undefined && recording === undefined && (
          <AttachMenu onFiles={onFiles} onContent={sendContent} onRefused={onRefused} />
        )}
        {editing === undefined && canSend && (
          <button
            type="button"
            className={controls.icon}
            aria-label="Send later"
            title="Send later"
            onClick={() => setScheduling(true)}
          >
            <CalendarClock size={20} />
          </button>
        )}
        {isEmpty && recording?.mode !== 'locked' && <NoteButtons notes={notes} />}
        {!isEmpty && (
          <button
            type="submit"
            className={styles.send}
            disabled={!canSend}
            aria-label={editing === undefined ? 'Send' : 'Save'}
            title={editing === undefined ? 'Send' : 'Save'}
          >
            {editing === undefined ? <SendHorizontal size={20} /> : <Check size={20} />}
          </button>
        )}
      </form>
      {isScheduling && <ScheduleMessage onSchedule={send} onClose={() => setScheduling(false)} />}
    </>
  );
}
