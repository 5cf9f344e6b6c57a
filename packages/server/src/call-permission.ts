import type { Blocking } from './blocking/index.ts';
import type { MayCall } from './calls/index.ts';
import type { Modules } from './modules/index.ts';

/** Who is asked whether somebody may call somebody. */
export function callPermission(blocking: Blocking, modules: Pick<Modules, 'mayCall'>): MayCall {
  return async (caller, callee, video) => {
    if (!(await blocking.mayReach(callee.uid, caller.address, 'calls'))) return 'blocked';
    const call = { aid: caller.aid, from: caller.address, to: callee.address, video };
    return (await modules.mayCall(call)) ? 'yes' : 'notAllowed';
  };
}
