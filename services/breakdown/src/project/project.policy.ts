import { only, type Caller } from '@shotlog/kernel';

/** Whoever manages the production changes it: its fields, settings and team. */
export const mayManage = (caller: Caller, command: { project_id: string }): void => only.teamManager(caller, command.project_id);
/** Productions are made by admins. */
export const mayCreate = (caller: Caller): void => only.admin(caller);
