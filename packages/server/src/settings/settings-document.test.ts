import { expect, it } from 'vitest';
import { settingsDocument } from './settings-document.ts';

it('docs/settings.md says what the table of settings says (vitest -u writes it anew)', async () => {
  await expect(settingsDocument()).toMatchFileSnapshot('../../../../docs/settings.md');
});
