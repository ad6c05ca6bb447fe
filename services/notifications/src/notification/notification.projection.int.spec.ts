import { entityEvents } from '@shotlog/breakdown/entity/entity.events';
import { projectEvents } from '@shotlog/breakdown/project/project.fields';
import { newId } from '@shotlog/kernel';
import { CommentDeleted, TaskCommented, TaskCreated } from '@shotlog/tasks/task/task.events';
import { Alone, type AloneClient } from '@shotlog/test/alone';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notifications } from '../index.ts';

const [project_id, entity_id, wip, todo] = [newId(), newId(), newId(), newId()];
let alone: Alone;
let admin: AloneClient, artist: AloneClient;
const tasks: string[] = [];
const comment = (task_id: string, more: object = {}) => TaskCommented({ task_id, project_id, entity_id, task_type_id: null, comment_id: newId(), person_id: admin.id, task_status_id: wip, previous_task_status_id: todo, text: 'look', checklist: [],
  for_client: false, links: [], mentions: [], department_mentions: [], assignees: [artist.id!], data: null, shotgun_id: null, created_at: null, ...more });

beforeAll(async () => {
  alone = await Alone.start(notifications);
  await alone.facts(`project-${project_id}`, projectEvents.created({ project_id, name: 'Film' } as never));
  [admin, artist] = [await alone.person('admin'), await alone.person('user', [project_id])];
  await alone.facts(`shot-${entity_id}`, entityEvents.shot.created({ entity_id, project_id, name: 'SH', entity_type_id: newId() }));
  for (const task_id of [newId(), newId()]) {
    tasks.push(task_id);
    await alone.facts(`task-${task_id}`, TaskCreated({ task_id, project_id, entity_id, task_type_id: newId(), task_status_id: todo, assignees: [artist.id!] }));
  }
});
afterAll(() => alone?.stop());
const box = async () => (await artist.get('/data/user/notifications')).body.map((n: any) => [n.notification_type, n.task_id]);

describe('notices of comments', () => {
  it('are not made of what was said elsewhere long ago', async () => {
    await alone.facts(`task-${tasks[0]}`, comment(tasks[0]!, { imported: true }));
    expect(await box()).toEqual([]);
    expect((await admin.get('/data/news')).body).toEqual([]);
  });
  it('go with a comment that moves, and are not told again', async () => {
    const said = comment(tasks[0]!);
    await alone.facts(`task-${tasks[0]}`, said);
    expect(await box()).toEqual([['comment', tasks[0]]]);
    await alone.facts(`task-${tasks[1]}`, { ...said, data: { ...said.data, task_id: tasks[1]!, moved_from: tasks[0]! } });
    await alone.facts(`task-${tasks[0]}`, CommentDeleted({ task_id: tasks[0]!, project_id, comment_id: said.data.comment_id, moved_to: tasks[1]! }));
    expect(await box()).toEqual([['comment', tasks[1]]]);
    expect((await admin.get('/data/news')).body).toMatchObject([{ task_id: tasks[1], comment_id: said.data.comment_id }]);
  });
});
