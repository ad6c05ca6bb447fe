import { Invalid, NotFound, TeamMemberAdded, TeamMemberRemoved, TeamMemberRoleSet } from '@shotlog/kernel';
import { given } from '@shotlog/kernel/given';
import { describe, it } from 'vitest';
import { createProject } from './create-project.ts';
import { deleteProject } from './delete-project.ts';
import { ProjectAssetTypeLinked, ProjectTaskTypeLinked, ProjectTaskTypeUnlinked } from './links.events.ts';
import { projectEvents } from './project.fields.ts';
import { addMember, removeMember, setMemberRole } from './team.ts';
import { updateProject } from './update-project.ts';

const project_id = 'film';
const created = projectEvents.created({ project_id, name: 'Film', fps: '25', data: { season: 1 } } as never);
const deleted = projectEvents.deleted({ project_id } as never);
const anna = TeamMemberAdded({ project_id, person_id: 'anna', role: null });

describe('create production', () => {
  const make = { project_id, values: { name: 'Film' } } as never;
  it('creates one', () => given(createProject).when(make).then(projectEvents.created({ project_id, name: 'Film' } as never)));
  it('does nothing for one that is there', () => given(createProject, created).when(make).thenNothing());
});

describe('update production', () => {
  it('tells what changed and nothing else', () =>
    given(updateProject, created).when({ project_id, changes: { fps: '24', name: 'Film' } }).then(projectEvents.updated({ project_id, changes: { fps: '24' } } as never)));
  it('does nothing when everything is as it was', () => given(updateProject, created).when({ project_id, changes: { data: { season: 1 } } }).thenNothing());
  it('makes lists what they are to be, and leaves the others', () => {
    const link = (task_type_id: string, link_id: string) => ProjectTaskTypeLinked({ project_id, task_type_id, link_id, priority: null });
    given(updateProject, created, link('anim', 'l1'), ProjectAssetTypeLinked({ project_id, asset_type_id: 'prop' }))
      .when({ project_id, changes: {}, links: { lists: { task_types: ['model'] }, links: { model: 'l2' } } })
      .then(ProjectTaskTypeUnlinked({ project_id, task_type_id: 'anim' }), link('model', 'l2'));
  });
  it('refuses a deleted one', () => given(updateProject, created, deleted).when({ project_id, changes: { fps: '24' } }).thenRefused(NotFound));
});

describe('delete production', () => {
  it('deletes a closed one', () => given(deleteProject, created).when({ project_id, closed: true }).then(deleted));
  it('refuses an open one', () => given(deleteProject, created).when({ project_id, closed: false }).thenRefused(Invalid));
  it('refuses one that is gone', () => given(deleteProject, created, deleted).when({ project_id, closed: true }).thenRefused(NotFound));
});

describe('team', () => {
  it('takes in a person with the role of the studio', () => given(addMember, created).when({ project_id, person_id: 'anna' }).then(anna));
  it('takes in a person with a role of its own', () =>
    given(addMember, created).when({ project_id, person_id: 'anna', role: 'client' }).then(TeamMemberAdded({ project_id, person_id: 'anna', role: 'client' })));
  it('keeps who is there, role and all', () => given(addMember, created, TeamMemberAdded({ project_id, person_id: 'anna', role: 'client' })).when({ project_id, person_id: 'anna' }).thenNothing());
  it('gives a member another role', () =>
    given(setMemberRole, created, anna).when({ project_id, person_id: 'anna', role: 'supervisor' }).then(TeamMemberRoleSet({ project_id, person_id: 'anna', role: 'supervisor' })));
  it('gives no role to who is not there', () => given(setMemberRole, created).when({ project_id, person_id: 'anna', role: 'user' }).thenRefused(Invalid));
  it('lets a member go', () => given(removeMember, created, anna).when({ project_id, person_id: 'anna' }).then(TeamMemberRemoved({ project_id, person_id: 'anna' })));
  it('does nothing for who has left', () =>
    given(removeMember, created, anna, TeamMemberRemoved({ project_id, person_id: 'anna' })).when({ project_id, person_id: 'anna' }).thenNothing());
});
