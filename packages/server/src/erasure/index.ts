export { Erasures } from './erasures.ts';
