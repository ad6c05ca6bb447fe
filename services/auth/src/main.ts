import { remotePort } from '@shotlog/kernel/remote';
import { runService } from '@shotlog/kernel/main';
import { auth } from './index.ts';

await runService(auth, remotePort);
