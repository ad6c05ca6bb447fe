import { TeamMemberAdded, TeamMemberRemoved, TeamMemberRoleSet, type ServiceDefinition } from '@shotlog/kernel';
import { assetsReady } from './casting/assets-ready.ts';
import { entityClaimSource, entityCommands, entityProjections, ownEntityEvents } from './entities.ts';
import { DEFAULT_ASSET_TYPES, defaultEntityTypeId, entityType, KIND_TYPES } from './entity-type/entity-type.ts';
import { descriptorClaimSources, descriptorEvents, descriptorProjection, MetadataFieldMoved } from './metadata-descriptor/metadata-descriptor.ts';
import { valuesFollow } from './metadata-descriptor/move-values.ts';
import { neighbourProjections } from './neighbours.ts';
import { linkEvents } from './project/links.events.ts';
import { projectEvents } from './project/project.fields.ts';
import { projectProjection } from './project/project.projection.ts';
import { projectClaimSource } from './project/project.state.ts';
import { DEFAULT_PROJECT_STATUSES, defaultProjectStatusId, projectStatus } from './project-status/project-status.ts';
import { templateEvents, templateLinkEvents } from './project-template/template.events.ts';
import { templateProjection } from './project-template/template.projection.ts';
import { templateClaimSource } from './project-template/template.state.ts';
import { applySettings } from './project-template/apply-template.ts';
import { firstEpisode } from './project/first-episode.ts';
import { createProject } from './project/create-project.ts';
import { searchFilter, searchFilterCascade, searchFilterGroup } from './search-filter/search-filter.ts';
import { routes } from './routes.ts';

export const breakdown: ServiceDefinition = {
  name: 'breakdown',
  routes,
  commands: [createProject, applySettings, ...entityCommands],
  projections: [...neighbourProjections, projectStatus.projection, entityType.projection, projectProjection, descriptorProjection, templateProjection, searchFilter.projection, searchFilterGroup.projection, searchFilterCascade, ...entityProjections],
  events: [...Object.values(projectStatus.events), ...Object.values(entityType.events), ...Object.values(projectEvents), ...linkEvents, ...Object.values(descriptorEvents), MetadataFieldMoved, ...Object.values(templateEvents), ...templateLinkEvents, ...Object.values(searchFilter.events), ...Object.values(searchFilterGroup.events), TeamMemberAdded, TeamMemberRoleSet, TeamMemberRemoved,
    ...ownEntityEvents],
  reactions: [firstEpisode, valuesFollow, assetsReady],
  claimSources: [projectClaimSource, entityClaimSource, ...descriptorClaimSources, templateClaimSource, ...projectStatus.claimSources, ...entityType.claimSources],
  firstStart: async (context) => {
    for (const [name, color] of DEFAULT_PROJECT_STATUSES) await context.run(projectStatus.commands.create, { project_status_id: defaultProjectStatusId(name), name, color }, `status ${name}`);
    for (const name of [...DEFAULT_ASSET_TYPES, ...Object.values(KIND_TYPES)]) await context.run(entityType.commands.create, { entity_type_id: defaultEntityTypeId(name), name }, `type ${name}`);
  },
};
