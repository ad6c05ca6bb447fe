import { remotePort } from '@shotlog/kernel/remote';
import { runService } from '@shotlog/kernel/main';
import { notifications } from './index.ts';

await runService(notifications, remotePort);
