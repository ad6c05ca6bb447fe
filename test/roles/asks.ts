import { authAsks } from './auth.ts';
import { breakdownAsks } from './breakdown.ts';
import { budgetsAsks } from './budgets.ts';
import { filesAsks } from './files.ts';
import { notificationsAsks } from './notifications.ts';
import { playlistsAsks } from './playlists.ts';
import type { Asks } from './request.ts';
import { tasksAsks } from './tasks.ts';

/** A sound request of every route that needs more than its path. */
export const asks: Asks = { ...authAsks, ...breakdownAsks, ...tasksAsks, ...filesAsks, ...playlistsAsks, ...budgetsAsks, ...notificationsAsks };
