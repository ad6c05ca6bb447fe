import { ids, maybe } from '@shotlog/kernel';
import { notification } from './notification.ts';

export const Notification = notification.answer;
/** A notice in somebody's inbox, with what it is about. */
export const InboxNotification = Notification.extend({
  notification_type: maybe.text, task_type_id: maybe.id, task_status_id: maybe.id, mentions: ids.nullable(), department_mentions: ids.nullable(), reply_mentions: ids.nullable(), reply_department_mentions: ids.nullable(),
  reply_text: maybe.text, preview_file_id: maybe.id, project_id: maybe.id, project_name: maybe.text, comment_text: maybe.text, full_entity_name: maybe.text, episode_id: maybe.id, entity_preview_file_id: maybe.id,
  subscription_id: maybe.id, playlist_name: maybe.text, playlist_for_entity: maybe.text, playlist_is_for_all: maybe.truth,
}).meta({ id: 'InboxNotification' });
