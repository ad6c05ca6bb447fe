import type { ServiceDefinition } from '@shotlog/kernel/service';
import { auth } from '@shotlog/auth';
import { breakdown } from '@shotlog/breakdown';
import { budgets } from '@shotlog/budgets';
import { files } from '@shotlog/files';
import { notifications } from '@shotlog/notifications';
import { playlists } from '@shotlog/playlists';
import { tasks } from '@shotlog/tasks';

/** The seven services, whose declarations the gateway mounts. */
export const definitions: ServiceDefinition[] = [auth, breakdown, tasks, files, playlists, budgets, notifications];
