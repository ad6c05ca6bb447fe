import { maybe, shown } from '@shotlog/kernel';
import { z } from 'zod';
import { personTable } from './person.table.ts';

/** A person: all of it for admins and for what is one's own, for others what everybody may know. */
export const Person = shown('Person', personTable.fields);

/** A person as what they wrote shows them. */
export const Author = z.looseObject({ id: z.guid(), first_name: z.string(), last_name: z.string(), full_name: z.string(), has_avatar: z.boolean().optional(), role: z.string() }).meta({ id: 'Author' });

/** A bot whose key was made anew is answered with the key, which is shown this once. */
export const PersonWithKey = Person.extend({ access_token: z.string().optional() }).meta({ id: 'PersonWithKey' });

/** A person on the team of a production. */
export const TeamMember = Person.extend({ project_role: maybe.text.optional() }).meta({ id: 'TeamMember' });
