import { organisation } from '@shotlog/auth/organisation/organisation';
import { projectEvents } from '@shotlog/breakdown/project/project.fields';
import { projectState, projectStream } from '@shotlog/breakdown/project/project.state';
import { command, defineState, PersonAvatarSet, to, type StateDefinition } from '@shotlog/kernel';
import { z } from 'zod';

const personState = defineState<boolean>({ initial: false, evolve: (there, { type }) => (type === 'PersonCreated' ? true : type === 'PersonDeleted' ? false : there) });
const schema = z.object({ id: z.guid() });

/** Says that a picture stands for somebody or something from now on, in the stream of whose it is; its owner shows and publishes it. For the system. */
export const setPersonAvatar = command({
  subject: 'cmd.files.set-person-avatar', schema, state: personState, access: to.system, stream: ({ id }) => `person-${id}`,
  decide: ({ id }, there) => (there ? [PersonAvatarSet({ person_id: id, has_avatar: true })] : []),
});
export const setProjectAvatar = command({
  subject: 'cmd.files.set-project-avatar', schema, state: projectState, access: to.system, stream: ({ id }) => projectStream(id),
  decide: ({ id }, state) => (state === null ? [] : [projectEvents.updated({ project_id: id, changes: { has_avatar: true } })]),
});
export const setOrganisationAvatar = command({
  subject: 'cmd.files.set-organisation-avatar', schema, state: organisation.commands.update.state as StateDefinition<object | null>, access: to.system, stream: ({ id }) => organisation.stream(id),
  decide: ({ id }, state) => (state === null ? [] : [organisation.events.updated({ organisation_id: id, changes: { has_avatar: true } })]),
});
