import type { Route } from '@shotlog/kernel';
import { budget, budgetEntry } from './budget/budget.ts';
import { productionBudgetRoutes } from './budget/production-budgets.ts';
import { budgetTimeSpentsRoute } from './budget/time-spents.ts';
import { contextRoute } from './context.ts';
import { quotaRoutes } from './quota/routes.ts';
import { salaryScaleRoutes } from './salary-scale/salary-scale.ts';

/** All routes of this service; the gateway mounts them. */
export const routes: Route[] = [contextRoute, budgetTimeSpentsRoute, ...productionBudgetRoutes, ...budget.routes, ...budgetEntry.routes, ...salaryScaleRoutes, ...quotaRoutes];
