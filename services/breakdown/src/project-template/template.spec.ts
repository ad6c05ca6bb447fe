import { Invalid, NotFound } from '@shotlog/kernel';
import { given } from '@shotlog/kernel/given';
import { describe, expect, it } from 'vitest';
import { ProjectTaskTypeLinked } from '../project/links.events.ts';
import { projectEvents } from '../project/project.fields.ts';
import { applySettings } from './apply-template.ts';
import { createTemplate, deleteTemplate, setDefaultBackground, templateDescriptors, updateTemplate } from './template.commands.ts';
import { TemplateItemLinked, TemplateItemUnlinked, TemplateTaskTypeLinked, templateEvents } from './template.events.ts';
import { templateItemLinks } from './template-items.ts';
import { linkTemplateTaskType, reorderTemplateTaskTypes, unlinkTemplateTaskStatus } from './template-links.ts';

const project_template_id = 'series';
const created = templateEvents.created({ project_template_id, name: 'Series', fps: '25' } as never);
const type = (task_type_id: string, priority: number | null) => TemplateTaskTypeLinked({ project_template_id, task_type_id, link_id: `link-${task_type_id}`, priority });
const sky = { project_template_id, kind: 'preview_background_file' as const, item_id: 'sky' };

describe('templates', () => {
  it('are created', () => given(createTemplate).when({ project_template_id, values: { name: 'Series', fps: '25' } } as never).then(created));
  it('tell what changed', () => given(updateTemplate, created).when({ project_template_id, changes: { fps: '25', ratio: '2:1' } }).then(templateEvents.updated({ project_template_id, changes: { ratio: '2:1' } } as never)));
  it('are gone once deleted', () => given(deleteTemplate, created, templateEvents.deleted({ project_template_id } as never)).when({ project_template_id }).thenRefused(NotFound));
  it('link a task type and change its priority', () => {
    given(linkTemplateTaskType, created).when({ project_template_id, id: 'anim', link_id: 'link-anim' }).then(type('anim', null));
    given(linkTemplateTaskType, created, type('anim', null)).when({ project_template_id, id: 'anim', link_id: 'x', priority: 3 }).then(type('anim', 3));
  });
  it('order their task types', () => given(reorderTemplateTaskTypes, created, type('anim', null), type('model', null)).when({ project_template_id, ids: ['model', 'anim'] }).then(type('model', 1), type('anim', 2)));
  it('do nothing about a status that they do not link', () => given(unlinkTemplateTaskStatus, created).when({ project_template_id, id: 'wip' }).thenNothing());
  it('link a background once', () => {
    given(templateItemLinks.preview_background_file, created).when({ project_template_id, id: 'sky' }).then(TemplateItemLinked(sky));
    given(templateItemLinks.preview_background_file, created, TemplateItemLinked(sky)).when({ project_template_id, id: 'sky' }).thenNothing();
  });
  it('start previews only with a background that they link', () => {
    const choose = { project_template_id, id: 'sky' };
    given(setDefaultBackground, created).when(choose).thenRefused(Invalid);
    given(setDefaultBackground, created, TemplateItemLinked(sky), TemplateItemUnlinked(sky)).when(choose).thenRefused(Invalid);
    given(setDefaultBackground, created, TemplateItemLinked(sky)).when(choose).then(templateEvents.updated({ project_template_id, changes: { default_preview_background_file_id: 'sky' } } as never));
  });
  it('complete their fields', () => expect(templateDescriptors([{ name: 'Sun up' }])).toEqual([
    { name: 'Sun up', entity_type: 'Asset', data_type: 'string', field_name: 'sun_up', choices: [], for_client: false, departments: [], position: null, task_type_id: null }]));
  it.each([['x'], [[{}]], [[{ name: 'a', entity_type: 'Planet' }]]])('refuse %j as fields', (fields) => expect(() => templateDescriptors(fields)).toThrow(Invalid));
});

describe('apply template', () => {
  const project_id = 'film';
  const film = projectEvents.created({ project_id, name: 'Film', fps: '25' } as never);
  it('changes and links what differs', () => given(applySettings, film, ProjectTaskTypeLinked({ project_id, task_type_id: 'anim', link_id: 'l', priority: 9 })).when({
    project_id, values: { fps: '25', ratio: '2:1' }, task_types: [{ task_type_id: 'anim', priority: 1, link_id: 'new' }], task_statuses: [], asset_type: [], status_automation: [], preview_background_file: [],
  }).then(projectEvents.updated({ project_id, changes: { ratio: '2:1' } } as never), ProjectTaskTypeLinked({ project_id, task_type_id: 'anim', link_id: 'l', priority: 1 })));
});
