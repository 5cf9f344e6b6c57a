import { Live } from '../hooks/live.ts';
import { demoUsers, type Person } from '../session/demo-api.ts';

/** The users of the demo app, whom one may write to. */
export class People extends Live<readonly Person[]> {
  constructor() {
    super([]);
  }

  /** Without an answer (offline, demo switched off) what is known stays. */
  async load(): Promise<void> {
    try {
      this.set(await demoUsers());
    } catch {
      // Contacts are a convenience: any address can be typed in.
    }
  }
}
