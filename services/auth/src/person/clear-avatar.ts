import { command, NotFound, only, PersonAvatarSet, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { personState, personStream, type PersonState } from './person.state.ts';

type Clear = { id: string };
const decide = ({ id }: Clear, state: PersonState) => {
  if (!state) throw new NotFound('person', id);
  return state.has_avatar ? [PersonAvatarSet({ person_id: id, has_avatar: false })] : [];
};

/** Says that a person has no picture any more. The file goes by what follows from the event. */
export const clearAvatar = command({
  subject: 'cmd.auth.clear-avatar', schema: z.object({ person_id: z.guid() }), state: personState, stream: personStream, decide,
  access: to.admins,
  prepare: ({ person_id }, { caller }: Context): Clear => {
    only.admin(caller);
    return { id: person_id.toLowerCase() };
  },
});

/** The same for whoever asks. */
export const clearOwnAvatar = command({
  subject: 'cmd.auth.clear-own-avatar', schema: z.object({}), state: personState, stream: personStream, decide,
  access: to.signedIn,
  prepare: (_: unknown, { caller }: Context): Clear => ({ id: caller.personId }),
});
