// The record of what was told holds the events of every service: their declarations are known by importing them.
import '@shotlog/auth';
import '@shotlog/breakdown';
import '@shotlog/budgets';
import '@shotlog/files';
import '@shotlog/playlists';
import '@shotlog/tasks';
import { remotePort } from '@shotlog/kernel/remote';
import { runService } from '@shotlog/kernel/main';
import { notifications } from './index.ts';

await runService(notifications, remotePort);
