import type { Target } from '@stoa/client';
import { type FormEvent, useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import { Dialog } from '../ui/dialog.tsx';
import styles from './new-poll.module.css';

/** Asks a question with options, one in each line. */
export function NewPoll({ target, onClose }: { target: Target; onClose: () => void }) {
  const { client } = useWorkspace();
  const [question, setQuestion] = useState('');
  const [lines, setLines] = useState('');
  const [multiple, setMultiple] = useState(false);
  const [problem, setProblem] = useState('');

  function ask(event: FormEvent): void {
    event.preventDefault();
    const options = lines.split('\n').flatMap((line) => line.trim() || []);
    if (question.trim() === '' || options.length < 2) {
      setProblem('A poll has a question and at least two options.');
      return;
    }
    try {
      const poll = { question: question.trim(), options, ...(multiple && { multiple }) };
      client.send(target, { content: { poll } });
      onClose();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <Dialog title="New poll" onClose={onClose}>
      <form className={styles.form} onSubmit={ask}>
        <label className={styles.field}>
          Question
          <input value={question} maxLength={255} onChange={(event) => setQuestion(event.target.value)} />
        </label>
        <label className={styles.field}>
          Options, one in each line
          <textarea rows={4} value={lines} onChange={(event) => setLines(event.target.value)} />
        </label>
        <label>
          <input type="checkbox" checked={multiple} onChange={(event) => setMultiple(event.target.checked)} />{' '}
          One can vote for several
        </label>
        <p role="alert">{problem}</p>
        <button type="submit" className={controls.primary}>
          Ask
        </button>
      </form>
    </Dialog>
  );
}
