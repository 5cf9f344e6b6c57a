/**
 * Real things for tests: a server on a free port, in this process or in one of its own, clients, a clock that
 * stands still, a network that fails on request, a browser.
 * @module
 */
export { addUser, type BackendAnswer, backend, type TestUser } from './backend.ts';
export { type BrowserOptions, launchBrowser } from './browser.ts';
export { FaultProxy } from './fault-proxy.ts';
export { isInstalled } from './is-installed.ts';
export { type JoinedNodes, startJoinedNodes } from './joined-nodes.ts';
export { ManualClock } from './manual-clock.ts';
export { type Pushed, PushService } from './push-service.ts';
export {
  ServerProcess,
  type ServerProcessOptions,
  testAdminPassword,
  testAppToken,
} from './server-process.ts';
export { fillDisk, onSmallDisk } from './small-disk.ts';
export { SocketClient } from './socket-client.ts';
export { tempFolder } from './temp-folder.ts';
export { startTestNode, type TestNode, type TestNodeOptions } from './test-node.ts';
export { until, within } from './wait.ts';
