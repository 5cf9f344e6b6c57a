import { describeStoreContract } from '../contract/index.ts';
import { openTestStore } from './testing/test-store.ts';

describeStoreContract('SQLite', () => openTestStore());
