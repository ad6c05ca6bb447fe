import { NotFound } from '@shotlog/kernel';
import { given } from '@shotlog/kernel/given';
import { describe, expect, it } from 'vitest';
import { assignOne, unassignOne } from './assign.ts';
import { createTask, taskClaims } from './create-task.ts';
import { deleteOne } from './delete-tasks.ts';
import { TaskAssigned, TaskDeleted, TaskStatusChanged, TaskUnassigned, TaskUpdated } from './task.events.ts';
import { created, ids } from './task.given.ts';
import { taskState } from './task.state.ts';
import { changeTask } from './update-task.ts';

const deleted = TaskDeleted({ ...ids, entity_id: 'sh010', task_type_id: 'anim' });
const assigned = (person_id: string, assigner_id: string | null = 'sue') => TaskAssigned({ ...ids, person_id, assigner_id });

describe('create a task', () => {
  const make = { id: ids.task_id, values: { ...ids, entity_id: 'sh010', task_type_id: 'anim', task_status_id: 'todo' } };
  it('fills in what nobody said', () => given(createTask).when(make).thenTypes('TaskCreated'));
  it('makes none twice', () => given(createTask, created).when(make).thenNothing());
  it('makes it again after it was deleted', () => given(createTask, created, deleted).when(make).thenTypes('TaskCreated'));
  it('claims its name while it lives', () => {
    const live = taskState.evolve(taskState.initial, created, '2024-03-04T10:00:00.000000Z');
    expect(taskClaims(live)).toEqual([{ kind: 'task', key: 'sh010\nanim\nmain' }]);
    expect(taskClaims(taskState.evolve(live, deleted, '2024-03-04T10:00:00.000000Z'))).toEqual([]);
  });
});

describe('assign', () => {
  const ana = { task_id: ids.task_id, person_id: 'ana', assigner_id: 'sue' };
  it('puts a person on the task', () => given(assignOne, created).when(ana).then(assigned('ana')));
  it('does nothing twice', () => given(assignOne, created, assigned('ana')).when(ana).thenNothing());
  it('notes another assigner', () => given(assignOne, created, assigned('ana', 'bob')).when(ana).then(assigned('ana')));
  it('refuses a deleted task', () => given(assignOne, created, deleted).when(ana).thenRefused(NotFound));
  it('takes one person off, or everybody', () => {
    given(unassignOne, created, assigned('ana'), assigned('bob')).when({ task_id: ids.task_id, person_id: 'bob' }).then(TaskUnassigned({ ...ids, person_id: 'bob' }));
    given(unassignOne, created, assigned('ana'), assigned('bob')).when({ task_id: ids.task_id, person_id: null }).then(TaskUnassigned({ ...ids, person_id: 'ana' }), TaskUnassigned({ ...ids, person_id: 'bob' }));
    given(unassignOne, created).when({ task_id: ids.task_id, person_id: 'ana' }).thenNothing();
  });
});

describe('change a task', () => {
  const change = (changes: object) => ({ task_id: ids.task_id, changes, person_id: 'sue' });
  it('notes what really changes', () => given(changeTask, created).when(change({ name: 'main', estimation: 480 })).then(TaskUpdated({ ...ids, changes: { estimation: 480 } })));
  it('does nothing when all is so already', () => given(changeTask, created).when(change({ name: 'main' })).thenNothing());
  it('tells of another status', () => given(changeTask, created).when(change({ task_status_id: 'wip' })).then(TaskUpdated({ ...ids, changes: { task_status_id: 'wip' } }),
    TaskStatusChanged({ ...ids, previous_task_status_id: 'todo', new_task_status_id: 'wip', person_id: 'sue' })));
  it('refuses a task that never was', () => given(changeTask).when(change({ name: 'x' })).thenRefused(NotFound));
});

describe('delete a task', () => {
  it('tells what it was of', () => given(deleteOne, created).when({ task_id: ids.task_id }).then(deleted));
  it('deletes none twice', () => given(deleteOne, created, deleted).when({ task_id: ids.task_id }).thenNothing());
});
