import { given } from '@shotlog/kernel/given';
import { describe, it } from 'vitest';
import { markAllRead, markNotification } from './inbox.ts';
import { AllNotificationsRead, NotificationMarked } from './notification.ts';

const mark = (read: boolean, was: boolean) => ({ notification_id: 'one', person_id: 'ned', read, was }) as never;

describe('one\'s own notifications', () => {
  it('are marked read and unread, once', () => {
    given(markNotification).when(mark(true, false)).then(NotificationMarked({ notification_id: 'one', person_id: 'ned', read: true }));
    given(markNotification).when(mark(false, true)).then(NotificationMarked({ notification_id: 'one', person_id: 'ned', read: false }));
    given(markNotification).when(mark(true, true)).thenNothing();
  });
  it('are all marked where any is unread', () => {
    given(markAllRead).when({ person_id: 'ned', any: true } as never).then(AllNotificationsRead({ person_id: 'ned' }));
    given(markAllRead).when({ person_id: 'ned', any: false } as never).thenNothing();
  });
});
