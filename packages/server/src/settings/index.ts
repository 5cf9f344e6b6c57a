export { type DatabasePlace, loadSettings, type SettingInputs, type Settings } from './load-settings.ts';
export { downloadOrigins, type S3Address } from './s3-address.ts';
export type { Setting } from './setting.ts';
export { settingsDocument, shownDefault } from './settings-document.ts';
export { type SettingProblem, type SettingSource, SettingsError } from './settings-error.ts';
export { type SettingName, settingList } from './table.ts';
export type { Tls } from './tls.ts';
