import { PersonAvatarSet, PersonCreated, PersonDeleted, PersonUpdated, SessionEnded, type ServiceDefinition } from '@shotlog/kernel';
import { openTokens } from '@shotlog/kernel/tokens';
import { department, DEFAULT_DEPARTMENTS, defaultDepartmentId } from './department/department.ts';
import { createPerson } from './person/create-person.ts';
import { PRIVATE_TABLES } from './person/private.ts';
import { personProjection, revealPerson } from './person/person.projection.ts';
import { routes } from './routes.ts';

export { department, defaultDepartmentId } from './department/department.ts';

export const auth: ServiceDefinition = {
  name: 'auth',
  routes,
  commands: [createPerson],
  projections: [personProjection, department.projection],
  events: [PersonCreated, PersonUpdated, PersonDeleted, PersonAvatarSet, SessionEnded, ...Object.values(department.events)],
  privateTables: PRIVATE_TABLES,
  reveal: revealPerson,
  claimSources: [...department.claimSources, "select 'person.email', lower(email), 'person-' || id from person where email is not null"],
  resources: async ({ config }) => ({ byName: { tokens: openTokens(config.SHOTLOG_SECRET_KEY), secret: config.SHOTLOG_SECRET_KEY } }),
  firstStart: async (context, config) => {
    for (const [name, color] of DEFAULT_DEPARTMENTS) await context.run(department.commands.create, { department_id: defaultDepartmentId(name), name, color }, name);
    if (config.ADMIN_PASSWORD) {
      await context.run(createPerson, { first_name: 'Super', last_name: 'Admin', email: config.ADMIN_EMAIL, role: 'admin', phone: '', desktop_login: '', password: config.ADMIN_PASSWORD }, 'admin');
    }
  },
};
