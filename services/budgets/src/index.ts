import { on, projection, sql, type ServiceDefinition } from '@shotlog/kernel';
import { budget, budgetEntry } from './budget/budget.ts';
import { makeBudget, revisionClaimSource } from './budget/production-budgets.ts';
import { departments, entities, projects, taskProjection, taskTypes, timeSpents } from './neighbours.ts';
import { routes } from './routes.ts';
import { SalaryScaleDeleted, salaryScaleProjection, SalaryScaleUpdated } from './salary-scale/salary-scale.ts';

/** Entries go with their budget. */
const cascades = projection('budget_cascades', [], [on(budget.events.deleted, (e) => sql`delete from budget_entry where budget_id = ${e.data.budget_id}`)]);

export const budgets: ServiceDefinition = {
  name: 'budgets', routes,
  projections: [projects.projection, entities.projection, departments.projection, taskTypes.projection, taskProjection, timeSpents.projection, budget.projection, budgetEntry.projection, cascades, salaryScaleProjection],
  commands: [makeBudget],
  claimSources: [revisionClaimSource],
  events: [...Object.values(budget.events), ...Object.values(budgetEntry.events), SalaryScaleUpdated, SalaryScaleDeleted],
};
