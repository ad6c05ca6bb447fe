import type { CommandDefinition, Projection } from '@shotlog/kernel';
import { assetInstance, instanceEvents, instanceLinkProjection } from './asset-instance/asset-instance.ts';
import { changeCasting } from './casting/change-casting.ts';
import { removeEntity } from './entity/delete-entity.ts';
import { CastingSet, entityEvents } from './entity/entity.events.ts';
import { entityProjection } from './entity/entity.projection.ts';
import { setEntity } from './entity/update-entity.ts';
import { importError } from './import/import-error.ts';
import { aroundTasks, taskProjection } from './task-neighbour/task.projection.ts';

export { entityClaimSource } from './entity/entity.state.ts';

/** What the service is made of where entities are concerned: steps of commands, tables in the order that they depend on each other, events. */
export const entityCommands: CommandDefinition[] = [changeCasting, removeEntity, setEntity];
export const entityProjections: Projection[] = [entityProjection, taskProjection, ...aroundTasks, assetInstance.projection, instanceLinkProjection, importError.projection];
export const ownEntityEvents = [...Object.values(entityEvents).flatMap((events) => Object.values(events)), CastingSet, ...instanceEvents, ...Object.values(importError.events)];
