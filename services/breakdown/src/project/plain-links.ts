import { command, to, type Context, type EventDefinition } from '@shotlog/kernel';
import { z } from 'zod';
import {
  ProjectAssetTypeLinked, ProjectAssetTypeUnlinked, ProjectBackgroundLinked, ProjectBackgroundUnlinked, ProjectStatusAutomationLinked, ProjectStatusAutomationUnlinked,
} from './links.events.ts';
import { projectAnswer } from './project.queries.ts';
import { projectState, projectStream, type ProjectState } from './project.state.ts';
import { known, live, openForChange, optionalId } from './project.steps.ts';

type Live = NonNullable<ProjectState>;
type Kind = { name: string; key: string; table: string; label: string; held: (state: Live) => ReadonlySet<string>; linked: EventDefinition; unlinked: EventDefinition };

/** What a production takes of the studio without saying more about it. */
export const plainKinds = {
  assetType: { name: 'asset-type', key: 'asset_type_id', table: 'entity_type', label: 'asset type', held: (s) => s.asset_types, linked: ProjectAssetTypeLinked, unlinked: ProjectAssetTypeUnlinked },
  automation: { name: 'status-automation', key: 'status_automation_id', table: 'status_automation', label: 'status automation', held: (s) => s.status_automations,
    linked: ProjectStatusAutomationLinked, unlinked: ProjectStatusAutomationUnlinked },
  background: { name: 'preview-background-file', key: 'preview_background_file_id', table: 'preview_background_file', label: 'preview background file', held: (s) => s.backgrounds,
    linked: ProjectBackgroundLinked, unlinked: ProjectBackgroundUnlinked },
} satisfies Record<string, Kind>;

/** Events that make a production use each of the ids that it does not use yet. */
export const plainLinked = (kind: Kind, state: ProjectState, project_id: string, ids: readonly string[]) =>
  ids.filter((id) => !kind.held(live(state, project_id)).has(id)).map((id) => kind.linked({ project_id, [kind.key]: id }));

type Pair = { project_id: string; id: string };
const commandsOf = (kind: Kind) => {
  const stream = (c: Pair) => projectStream(c.project_id);
  const schema = z.object({ project_id: z.string(), [kind.key]: z.string({ error: `${kind.key} is needed.` }) });
  return {
    add: command({
      subject: `cmd.breakdown.add-project-${kind.name}`, schema, state: projectState, access: to.teamManagers.of('project_id'), stream,
      prepare: async (given: Record<string, any>, context: Context): Promise<Pair> =>
        ({ project_id: await openForChange(given.project_id, context), id: await known(context, kind.table, kind.label, given[kind.key]) }),
      decide: (c: Pair, state) => plainLinked(kind, state, c.project_id, [c.id]),
      answer: (c, { db, caller }) => projectAnswer(db, caller, c.project_id, false),
    }),
    remove: command({
      subject: `cmd.breakdown.remove-project-${kind.name}`, schema, state: projectState, access: to.teamManagers.of('project_id'), stream,
      prepare: async (given: Record<string, any>, context: Context): Promise<Pair> =>
        ({ project_id: await openForChange(given.project_id, context), id: optionalId(given[kind.key], kind.label) }),
      decide: (c: Pair, state) => (kind.held(live(state, c.project_id)).has(c.id) ? [kind.unlinked({ project_id: c.project_id, [kind.key]: c.id })] : []),
    }),
  };
};

export const plainLinks = { assetType: commandsOf(plainKinds.assetType), automation: commandsOf(plainKinds.automation), background: commandsOf(plainKinds.background) };
