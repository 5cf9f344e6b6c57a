/**
 * A real nats-server for tests. Apart from the rest of the testkit, so that it can be had without server and browser.
 * @module
 */
export { type NatsOptions, startNats, type TestNats } from './test-nats.ts';
