export { Administrator } from './administrator.ts';
export { devicesPerUser } from './app-settings.ts';
export { Apps, type AppsOptions, type AppWithToken } from './apps.ts';
export { ensureFirstApp, type FirstStart } from './first-start.ts';
