import { remotePort } from '@shotlog/kernel/remote';
import { runService } from '@shotlog/kernel/main';
import { breakdown } from './index.ts';

await runService(breakdown, remotePort);
