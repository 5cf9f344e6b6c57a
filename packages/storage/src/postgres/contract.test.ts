import { describeStoreContract } from '../contract/index.ts';
import { usePostgres } from './testing/test-store.ts';

const { openTestStore } = usePostgres();

describeStoreContract('PostgreSQL', () => openTestStore());
