/** Our own, as it runs in one worker: everything switched on. */
import { LocalEngine } from '@stoa/media';
import { bindAddress } from '../load/bind-address.ts';
import { serve } from '../peer-process.ts';
import { engineForwarder } from './engine-forwarder.ts';

serve(await engineForwarder(new LocalEngine({ bindAddress })));
