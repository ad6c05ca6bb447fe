import { NotFound } from '@shotlog/kernel';
import { given } from '@shotlog/kernel/given';
import { describe, it } from 'vitest';
import { CommentAcknowledged, CommentReplied, CommentUnacknowledged, ReplyDeleted, TaskAssigned } from '../task/task.events.ts';
import { commented, created, ids } from '../task/task.given.ts';
import { acknowledge, addReply, removeReply } from './talk.ts';

const reply = { task_id: ids.task_id, comment_id: 'c1', reply_id: 'r1', person_id: 'sue', text: 'fine', mentions: [], department_mentions: [] };
const replied = CommentReplied({ ...reply, ...ids, assignees: [] });

describe('talk below a comment', () => {
  it('adds a reply and names who is assigned', () => given(addReply, created, TaskAssigned({ ...ids, person_id: 'ana', assigner_id: null }), commented('c1')).when(reply).then(CommentReplied({ ...reply, project_id: 'film', assignees: ['ana'] })));
  it('adds none twice', () => given(addReply, created, commented('c1'), replied).when(reply).thenNothing());
  it('refuses a comment that is not there', () => given(addReply, created).when(reply).thenRefused(NotFound));
  it('takes a reply away once', () => {
    given(removeReply, created, commented('c1'), replied).when({ task_id: ids.task_id, comment_id: 'c1', reply_id: 'r1' }).then(ReplyDeleted({ ...ids, comment_id: 'c1', reply_id: 'r1' }));
    given(removeReply, created, commented('c1')).when({ task_id: ids.task_id, comment_id: 'c1', reply_id: 'r1' }).thenNothing();
  });
  it('takes notice, and takes that back when asked again', () => {
    const ack = { ...ids, comment_id: 'c1', person_id: 'sue' };
    given(acknowledge, created, commented('c1')).when(ack).then(CommentAcknowledged(ack));
    given(acknowledge, created, commented('c1'), CommentAcknowledged(ack)).when(ack).then(CommentUnacknowledged(ack));
  });
});
