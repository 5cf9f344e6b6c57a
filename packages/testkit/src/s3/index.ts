/**
 * A real server that speaks S3, for tests. Apart from the rest of the testkit, so that it can be had without server and browser.
 * @module
 */
export { startS3, type TestS3 } from './test-s3.ts';
