/** Our own in all its processes, as a server runs it: a large audience is spread over them. */
import { WorkerEngine } from '@stoa/media';
import { bindAddress } from '../load/bind-address.ts';
import { serve } from '../peer-process.ts';
import { engineForwarder } from './engine-forwarder.ts';

serve(await engineForwarder(new WorkerEngine({ bindAddress })));
