export { ImpairedLink } from './impaired-link.ts';
export type { Conditions } from './path.ts';
