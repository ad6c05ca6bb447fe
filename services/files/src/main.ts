import { remotePort } from '@shotlog/kernel/remote';
import { runService } from '@shotlog/kernel/main';
import { files } from './index.ts';

await runService(files, remotePort);
