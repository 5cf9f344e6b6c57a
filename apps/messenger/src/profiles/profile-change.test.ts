import { describe, expect, it } from 'vitest';
import { presenceChoiceOf, presenceModes } from './presence-choice.ts';
import { profileChange } from './profile-change.ts';

const visibility = {
  status: 'everybody',
  picture: 'everybody',
  online: 'everybody',
  seen: 'everybody',
} as const;
const before = { user: 'ann', name: 'Ann', tag: '' };
const values = { name: 'Ann', status: '', searchable: false, visibility, presence: presenceModes.front };

describe('a change of the own profile', () => {
  it('names what was changed, and nothing that an app might forbid besides', () => {
    expect(profileChange(before, values)).toEqual({});
    expect(profileChange(before, { ...values, name: 'Anna' })).toEqual({ name: 'Anna' });
    expect(profileChange(before, { ...values, visibility: { ...visibility, seen: 'nobody' } })).toEqual({
      visibility: { seen: 'nobody' },
    });
    expect(profileChange(before, { ...values, presence: presenceModes.invisible })).toEqual({
      presence: { mode: 'manual', online: false },
    });
  });

  it('leaves an audience as it is that only other applications choose', () => {
    const forGroup = () => ({ ...visibility, online: { group: 1_000 } });
    const shown = { ...before, visibility: forGroup() };
    expect(profileChange(shown, { ...values, visibility: forGroup() })).toEqual({});
    expect(profileChange(shown, values)).toEqual({ visibility: { online: 'everybody' } });
  });

  it('goes back to what is usual', () => {
    const changed = {
      ...before,
      status: 'Away',
      presence: presenceModes.signedIn,
      visibility: { seen: 'nobody' },
    } as const;
    expect(profileChange(changed, values)).toEqual({
      status: '',
      visibility: { seen: 'everybody' },
      presence: { mode: 'foreground' },
    });
  });

  it('shows every mode as it was chosen', () => {
    for (const [choice, mode] of Object.entries(presenceModes)) expect(presenceChoiceOf(mode)).toBe(choice);
    expect(presenceChoiceOf({ mode: 'manual' })).toBe('always');
  });
});
