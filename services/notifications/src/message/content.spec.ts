import { describe, expect, it } from 'vitest';
import { contentOf, type Notice } from './content.ts';

const notice = (more: Partial<Notice>): Notice => ({ notification_type: 'comment', author: 'Ada Light', project_id: 'p', project_name: 'Film', entity_kind: 'shot', full_entity_name: 'SQ / SH', task_type_name: 'Anim', task_status_name: 'Retake',
  comment_text: 'hands', reply_text: '', task_id: 't', playlist_id: null, playlist_name: '', ...more });

describe('what a message says', () => {
  it('names author, task and status of a comment', () =>
    expect(contentOf(notice({}), 'https://house')).toEqual({ title: 'Ada Light wrote a comment on Film / SQ / SH / Anim: Retake', text: 'hands', url: 'https://house/productions/p/shots/tasks/t' }));
  it('quotes the answer, not the comment', () => expect(contentOf(notice({ notification_type: 'reply', reply_text: 'yes' }), '')).toMatchObject({ text: 'yes', title: 'Ada Light answered a comment on Film / SQ / SH / Anim' }));
  it('leads to the playlist', () => expect(contentOf(notice({ notification_type: 'playlist-ready', task_id: null, playlist_id: 'l', playlist_name: 'Dailies', comment_text: null }), 'https://house'))
    .toEqual({ title: 'The playlist Dailies is ready for you', text: '', url: 'https://house/productions/p/playlists/l' }));
});
