export { Administrator } from './administrator.ts';
export { devicesPerUser, fileSettings, retentionDays, retractionSettings } from './app-settings.ts';
export { Apps, type AppsOptions, type AppWithToken } from './apps.ts';
export { ensureFirstApp, type FirstStart } from './first-start.ts';
