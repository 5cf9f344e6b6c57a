import { type KeyboardEvent, type RefObject, useId, useState } from 'react';
import { isComposing } from './enter-sends.ts';
import { type Mentionable, mentionChoices, typedMention } from './mention-choices.ts';

export interface ShownMentions {
  readonly id: string;
  readonly choices: readonly Mentionable[];
  /** Which of them Enter takes. */
  readonly active: number;
  choose(choice: Mentionable): void;
}

/**
 * Completes the mention at the caret of a field: arrow keys move among the choices, Enter and Tab take one, Escape closes the
 * list until another mention is begun.
 */
export function useMentionList(
  field: RefObject<HTMLTextAreaElement | null>,
  text: string,
  people: readonly Mentionable[],
) {
  const id = useId();
  /** Undefined while the field has no focus, and while something in it is selected. */
  const [caret, setCaret] = useState<number>();
  const [closed, setClosed] = useState<number>();
  const [moved, setMoved] = useState({ typed: '', to: 0 });
  const mention = caret === undefined ? undefined : typedMention(text, caret);
  const choices =
    mention === undefined || mention.start === closed ? [] : mentionChoices(people, mention.typed);
  const active = moved.typed === mention?.typed && moved.to < choices.length ? moved.to : 0;

  function follow({ value, selectionStart, selectionEnd }: HTMLTextAreaElement): void {
    const place = selectionStart === selectionEnd ? selectionEnd : undefined;
    setCaret(place);
    if (place !== undefined && typedMention(value, place)?.start !== closed) setClosed(undefined);
  }

  function choose({ user }: Mentionable): void {
    const element = field.current;
    if (element === null || mention === undefined || caret === undefined) return;
    const space = /^\s/u.test(text.slice(caret)) ? '' : ' ';
    element.focus();
    element.setRangeText(`@${user}${space}`, mention.start, caret, 'end');
    // As if it was typed.
    element.dispatchEvent(new Event('input', { bubbles: true }));
    // The caret may stand at the end of it still, where there is a space behind.
    setClosed(mention.start);
  }

  /** Whether the key was for the list. */
  function onKeyDown(event: KeyboardEvent): boolean {
    const { key, shiftKey, ctrlKey, altKey, metaKey } = event;
    const choice = choices[active];
    if (mention === undefined || choice === undefined) return false;
    if (shiftKey || ctrlKey || altKey || metaKey || isComposing(event)) return false;
    const step = steps[key];
    if (step !== undefined) {
      setMoved({ typed: mention.typed, to: (active + step + choices.length) % choices.length });
    } else if (key === 'Enter' || key === 'Tab') choose(choice);
    else if (key === 'Escape') setClosed(mention.start);
    else return false;
    event.preventDefault();
    return true;
  }

  const isOpen = choices.length > 0;
  return {
    shown: isOpen ? ({ id, choices, active, choose } satisfies ShownMentions) : undefined,
    onKeyDown,
    follow,
    leave: () => setCaret(undefined),
    /** A field of several lines is no combobox; as a text box it has a list all the same. */
    field: {
      'aria-autocomplete': 'list',
      'aria-haspopup': 'listbox',
      'aria-controls': isOpen ? id : undefined,
      'aria-activedescendant': isOpen ? optionId(id, active) : undefined,
    },
  } as const;
}

export const optionId = (list: string, index: number): string => `${list}-${index}`;

const steps: Readonly<Record<string, 1 | -1>> = { ArrowDown: 1, ArrowUp: -1 };
