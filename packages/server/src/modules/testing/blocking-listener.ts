/** A module that is told who comes, and never comes back from it, for the tests of this folder. */
import { defineModule } from '@stoa/server/module';

export const module = defineModule({
  name: 'listener',
  onLogin() {
    for (;;);
  },
});
