export { ModuleHost } from './module-host.ts';
export { Modules } from './modules.ts';
export type { OutgoingMessage } from './public.ts';
export { isContent } from './results.ts';
