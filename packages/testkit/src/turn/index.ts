/**
 * A real TURN server (coturn) for tests. Apart from the rest of the testkit, so that it can be had without server and
 * browser.
 * @module
 */
export { startTurn, type TestTurn, type TurnOptions } from './test-turn.ts';
