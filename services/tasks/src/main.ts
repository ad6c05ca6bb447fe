import { remotePort } from '@shotlog/kernel/remote';
import { runService } from '@shotlog/kernel/main';
import { tasks } from './index.ts';

await runService(tasks, remotePort);
