export { Administrator } from './administrator.ts';
export { Apps, type AppsOptions, type AppWithToken } from './apps.ts';
export { ensureFirstApp, type FirstStart } from './first-start.ts';
