/** What a message outside of the studio says of a notification. Names come from the read model, the author's from auth. */
export type Notice = {
  notification_type: string; author: string; project_id: string | null; project_name: string | null; entity_kind: string | null; full_entity_name: string; task_type_name: string | null; task_status_name: string | null;
  comment_text: string | null; reply_text: string; task_id: string | null; playlist_id: string | null; playlist_name: string;
};
export type Content = { title: string; text: string; url: string };

const PAGES: Record<string, string> = { asset: 'assets', shot: 'shots', edit: 'edits', episode: 'episodes', sequence: 'sequences', concept: 'concepts' };

const urlOf = (n: Notice, publicUrl: string): string => {
  if (n.project_id === null) return publicUrl;
  if (n.playlist_id !== null) return `${publicUrl}/productions/${n.project_id}/playlists/${n.playlist_id}`;
  return n.task_id === null ? publicUrl : `${publicUrl}/productions/${n.project_id}/${PAGES[n.entity_kind ?? ''] ?? 'shots'}/tasks/${n.task_id}`;
};

const TITLES: Record<string, (n: Notice, task: string) => string> = {
  comment: (n, task) => `${n.author} wrote a comment on ${task}${n.task_status_name ? `: ${n.task_status_name}` : ''}`,
  mention: (n, task) => `${n.author} mentioned you in a comment on ${task}`,
  reply: (n, task) => `${n.author} answered a comment on ${task}`,
  'reply-mention': (n, task) => `${n.author} mentioned you in an answer on ${task}`,
  assignation: (n, task) => `${n.author} assigned you to ${task}`,
  'playlist-ready': (n) => `The playlist ${n.playlist_name} is ready for you`,
};

/** A notification in words, with the page where it is to be seen. */
export const contentOf = (n: Notice, publicUrl: string): Content => {
  const task = [n.project_name, n.full_entity_name, n.task_type_name].filter(Boolean).join(' / ');
  const text = n.notification_type.startsWith('reply') ? n.reply_text : (n.comment_text ?? '');
  return { title: (TITLES[n.notification_type] ?? TITLES.comment!)(n, task), text, url: urlOf(n, publicUrl) };
};
