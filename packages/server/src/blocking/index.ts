export { Blocking, type Reach } from './blocking.ts';
