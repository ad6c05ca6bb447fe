import { NotFound } from '@shotlog/kernel';
import { given } from '@shotlog/kernel/given';
import { describe, it } from 'vitest';
import {
  DEFAULT_BOARD_ROLES, ProjectAssetTypeLinked, ProjectAssetTypeUnlinked, ProjectTaskStatusLinked, ProjectTaskStatusUnlinked, ProjectTaskTypeLinked, ProjectTaskTypeUnlinked,
} from './links.events.ts';
import { plainLinks } from './plain-links.ts';
import { projectEvents } from './project.fields.ts';
import { addSettings } from './settings-batch.ts';
import { addTaskStatus, linkTaskStatus, removeTaskStatus, reorderTaskStatuses } from './task-status-links.ts';
import { addTaskType, linkTaskType, removeTaskType, reorderTaskTypes } from './task-type-links.ts';

const project_id = 'film';
const created = projectEvents.created({ project_id, name: 'Film' } as never);
const type = (task_type_id: string, priority: number | null, link_id = `link-${task_type_id}`) => ProjectTaskTypeLinked({ project_id, task_type_id, link_id, priority });
const status = (task_status_id: string, priority: number | null, roles: readonly string[] = DEFAULT_BOARD_ROLES) =>
  ProjectTaskStatusLinked({ project_id, task_status_id, link_id: `link-${task_status_id}`, priority, roles_for_board: [...roles] as never });
const useType = (task_type_id: string, priority: number | null, replace: boolean) => ({ project_id, task_type_id, link_id: 'new', priority, replace });

describe('task types of a production', () => {
  it('come in with their priority', () => given(addTaskType, created).when(useType('anim', 2, false)).then(type('anim', 2, 'new')));
  it('keep the priority they have when they are added again', () => given(addTaskType, created, type('anim', 1)).when(useType('anim', 7, false)).thenNothing());
  it('take another priority by their link, which stays the same', () => given(linkTaskType, created, type('anim', 1)).when(useType('anim', 7, true)).then(type('anim', 7)));
  it('go', () => given(removeTaskType, created, type('anim', 1)).when({ project_id, task_type_id: 'anim' }).then(ProjectTaskTypeUnlinked({ project_id, task_type_id: 'anim' })));
  it('get a new link when they come back', () =>
    given(addTaskType, created, type('anim', 1), ProjectTaskTypeUnlinked({ project_id, task_type_id: 'anim' })).when(useType('anim', null, false)).then(type('anim', null, 'new')));
  it('stand in the order that is given; strangers are passed over', () =>
    given(reorderTaskTypes, created, type('anim', 1), type('model', 2)).when({ project_id, task_type_ids: ['model', 'fx', 'anim'] }).then(type('model', 1), type('anim', 2)));
  it('are not given to a production that is gone', () => given(addTaskType, created, projectEvents.deleted({ project_id } as never)).when(useType('anim', 1, false)).thenRefused(NotFound));
});

describe('task statuses of a production', () => {
  const use = { project_id, task_status_id: 'wip', link_id: 'link-wip', replace: false };
  it('come in for everybody of the studio', () => given(addTaskStatus, created).when(use).then(status('wip', null)));
  it('keep what is not said when their link is changed', () =>
    given(linkTaskStatus, created, status('wip', 3, ['user'])).when({ ...use, replace: true, priority: 4 }).then(status('wip', 4, ['user'])));
  it('go', () => given(removeTaskStatus, created, status('wip', 1)).when({ project_id, task_status_id: 'wip' }).then(ProjectTaskStatusUnlinked({ project_id, task_status_id: 'wip' })));
  it('are ordered with the roles they have', () =>
    given(reorderTaskStatuses, created, status('wip', null, ['user']), status('done', 1)).when({ project_id, task_status_ids: ['done', 'wip'] }).then(status('wip', 2, ['user'])));
});

describe('plain settings of a production', () => {
  const prop = { project_id, asset_type_id: 'prop' };
  it('come in once', () => {
    given(plainLinks.assetType.add, created).when({ project_id, id: 'prop' }).then(ProjectAssetTypeLinked(prop));
    given(plainLinks.assetType.add, created, ProjectAssetTypeLinked(prop)).when({ project_id, id: 'prop' }).thenNothing();
  });
  it('go once', () => {
    given(plainLinks.assetType.remove, created, ProjectAssetTypeLinked(prop)).when({ project_id, id: 'prop' }).then(ProjectAssetTypeUnlinked(prop));
    given(plainLinks.assetType.remove, created).when({ project_id, id: 'prop' }).thenNothing();
  });
});

describe('many settings at once', () => {
  it('adds what is not there and takes nothing away', () => given(addSettings, created, type('anim', 1), status('done', 1)).when({
    project_id, task_types: [{ task_type_id: 'anim', link_id: 'new', priority: 5, replace: true }, { task_type_id: 'model', link_id: 'link-model', priority: null, replace: false }],
    task_statuses: [{ task_status_id: 'done', link_id: 'new' }], asset_types: ['prop'], automations: [], backgrounds: [],
  }).then(type('anim', 5), type('model', null), ProjectAssetTypeLinked({ project_id, asset_type_id: 'prop' })));
});
