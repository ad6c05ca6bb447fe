import { defineState, type PersonEvent, type PersonFacts } from '@shotlog/kernel';

/** What decisions about a person need: facts that tell nobody's name. Null: never created, or deleted. */
export type PersonState = Partial<PersonFacts> | null;

export const personState = defineState<PersonState, PersonEvent>({
  initial: null,
  evolve: (state, { type, data }) => {
    switch (type) {
      case 'PersonCreated': return data.facts;
      case 'PersonUpdated': return state && { ...state, ...data.facts };
      case 'PersonAvatarSet': return state && { ...state, has_avatar: data.has_avatar };
      case 'PersonDeleted': return null;
      default: return state;
    }
  },
});

export const personStream = (c: { id: string }): string => `person-${c.id}`;
