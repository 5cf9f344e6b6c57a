import { configFileName } from './config-file.ts';
import type { Setting, SettingGroup } from './setting.ts';
import { settingList } from './table.ts';

const titles: Readonly<Record<SettingGroup, string>> = {
  server: 'Server',
  storage: 'Storage',
  'first start': 'First start',
  limits: 'Limits',
  calls: 'Calls and conferences',
  push: 'Push',
  webhooks: 'Webhooks',
  modules: 'Modules',
};

const notes: Readonly<Partial<Record<SettingGroup, string>>> = {
  'first start': 'They only preset what the first start would generate; later starts do not look at them.',
  calls:
    'Calls between two people go from one to the other, or by TURN, or through the media server when there is no other way. `STOA_MEDIA_…` is for that and for conferences, `STOA_ROOM_…` for conferences; a group may set less for its own.',
};

/** How the default of a setting is written; empty when there is none. */
export function shownDefault({ fallback: value }: Pick<Setting<unknown>, 'fallback'>): string {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return '';
  if (typeof value === 'object' && 'first' in value && 'last' in value) return `${value.first}-${value.last}`;
  return String(value);
}

/** The reference of all settings, in Markdown. */
export function settingsDocument(): string {
  const sections = Object.entries(titles).map(([group, title]) => {
    const rows = settingList
      .filter((entry) => entry.group === group)
      .map(({ env, flag, name, type, fallback, description }) => {
        const shown = shownDefault({ fallback });
        const cells = [
          `\`${env}\``,
          `\`${flag}\``,
          `\`${name}\``,
          shown && `\`${shown}\``,
          type.expects,
          description,
        ];
        return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
      });
    const note = notes[group as SettingGroup];
    return [
      `## ${title}`,
      ...(note === undefined ? [] : [note]),
      [
        '| Environment | Flag | Config file | Default | Must be | Meaning |',
        '| --- | --- | --- | --- | --- | --- |',
      ]
        .concat(rows)
        .join('\n'),
    ].join('\n\n');
  });
  return `${[
    '# Settings',
    `Every setting can be given as a flag of \`stoa serve\`, as an environment variable, or in a config file; a flag counts before the environment, the environment before the file. The file is JSON (\`{"port": 9000}\`): the one named by \`--config\` or \`STOA_CONFIG\`, else \`${configFileName}\` in the data directory, else in the working directory. Give secrets by environment or file: flags can be seen by other users of the machine. Settings are checked at the start, and all wrong ones are listed at once.`,
    ...sections,
  ].join('\n\n')}\n`;
}
