import { remotePort } from '@shotlog/kernel/remote';
import { runService } from '@shotlog/kernel/main';
import { budgets } from './index.ts';

await runService(budgets, remotePort);
