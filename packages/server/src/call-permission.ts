import { StoaError } from '@stoa/protocol';
import type { Access, Subject } from './access/index.ts';
import type { Blocking } from './blocking/index.ts';
import type { MayCall } from './calls/index.ts';
import type { Modules } from './modules/index.ts';

/** Who is asked whether somebody may call somebody: the one who is called, the app's rules, the modules of the server. */
export function callPermission(
  blocking: Blocking,
  access: Access,
  mayMeet: (subject: Subject, peer: string) => Promise<boolean>,
  modules: Pick<Modules, 'mayCall'>,
): MayCall {
  return async (caller, callee, video) => {
    if (!(await blocking.mayReach(callee.uid, caller.address, 'calls'))) return 'blocked';
    if (!(await isAllowed(access, caller, callee, video))) return 'notAllowed';
    if (!(await mayMeet(caller, callee.address)) || !(await mayMeet(callee, caller.address))) {
      return 'notAllowed';
    }
    const call = { aid: caller.aid, from: caller.address, to: callee.address, video };
    return (await modules.mayCall(call)) ? 'yes' : 'notAllowed';
  };
}

async function isAllowed(access: Access, caller: Subject, callee: Subject, video: boolean): Promise<boolean> {
  if (!access.restricts(caller.aid)) return true;
  if (!(await access.may(caller, 'call')) || !(await access.may(callee, 'beCalled'))) return false;
  const medium = video ? 'useVideo' : 'useVoice';
  for (const one of [caller, callee]) if (!(await access.may(one, medium))) return false;
  try {
    await access.count(caller, 'call');
    return true;
  } catch (error) {
    if (error instanceof StoaError) return false;
    throw error;
  }
}
