export { sharedHost } from './shared-host.ts';
export { browserTabs, type TabChannel, type TabLocks, type TabPlatform } from './tab-platform.ts';
