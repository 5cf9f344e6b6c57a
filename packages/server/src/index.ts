/**
 * One node of Stoa: HTTP and WebSocket doors, and the domain behind them.
 * @module
 */
export { type NodeOptions, type RunningNode, startNode } from './node.ts';
export type { Reach } from './previews/index.ts';
export {
  loadSettings,
  type Setting,
  type Settings,
  SettingsError,
  settingList,
  settingsDocument,
  shownDefault,
} from './settings/index.ts';
