import type { ClientHost, Question, Remark } from './client-host.ts';
import type { LocalClient } from './local-client.ts';

/** Carries out everything in this page. */
export function localHost(client: LocalClient): ClientHost {
  return {
    events: client.core.events,
    get status() {
      return client.status;
    },
    get self() {
      return client.self;
    },
    serverTime: () => client.serverTime(),
    presenceOf: (address) => client.presenceOf(address),
    isBlocked: (address) => client.isBlocked(address),
    start: () => client.start(),
    stop: () => client.stop(),
    send: (target, draft) => client.send(target, draft),
    resend: (message) => client.resend(message),
    edit: (message, content) => client.edit(message, content),
    recall: (message) => client.recall(message),
    mark: (message, change) => client.mark(message, change),
    watch: (peers) => client.watch(peers),
    unwatch: (peers) => client.unwatch(peers),
    setFront: (on) => client.setFront('', on),
    remark: (name, ...args) => callOf(client, name)(...args),
    ask: (name, ...args) => callOf(client, name)(...args),
  };
}

/** The method, bound. */
function callOf<Name extends Question | Remark>(client: LocalClient, name: Name) {
  const method = client[name] as (...args: Parameters<LocalClient[Name]>) => ReturnType<LocalClient[Name]>;
  return method.bind(client);
}
