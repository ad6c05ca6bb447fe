/** Who listens: as the services know the person, never as the client says. */
export type Listener = { id: string | null; role: string; is_admin: boolean; projects: ReadonlySet<string> };
/** One message of NATS. `position` is that of its event in the log. */
export type Message = { name: string; data: Record<string, unknown>; position: string };

/** Told to that person alone. */
const PERSONAL = /^(notification|subscription):/;
/** Told to who sees money, and to who looks after the studio. */
const MANAGERS = /^(budget|budget-entry|salary-scale):/;
const ADMINS = /^(api-event|login-log|webhook):/;

/**
 * Whether somebody hears of a message: of a production only who is on its team, of a person's own things only that person. What names
 * neither is the studio's and everybody's. Messages carry ids, so whoever hears fetches what they may see.
 */
export const mayHear = (listener: Listener, { name, data }: Message): boolean => {
  if (PERSONAL.test(name)) return typeof data.person_id === 'string' && data.person_id === listener.id;
  if (listener.is_admin) return true;
  if (ADMINS.test(name) || (MANAGERS.test(name) && listener.role !== 'manager')) return false;
  return typeof data.project_id !== 'string' || listener.projects.has(data.project_id);
};

/** Whether the record of what was told leaves a message out: it is told live only. */
export const isUnrecorded = ({ name }: Message): boolean => PERSONAL.test(name) || /^search-filter(-group)?:/.test(name);

/** After these somebody's teams may have changed. */
export const changesAudience = ({ name }: Pick<Message, 'name'>): boolean => name.startsWith('project:') || name.startsWith('person:');
