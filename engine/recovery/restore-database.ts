import type {
  DatabaseRestoreSettings,
  RestoreAnswer,
  RestoreDatabaseRequest,
  RestoreStep,
} from '../contract/restore-managed';
import { planDatabaseRestore } from './database-plan';
import type { DatabaseProgress } from './database-progress';
import { databaseRemovables } from './database-removal';
import type { DatabaseServices } from './database-services';
import { firstStep, makeStep } from './database-steps';
import { type RestoreSignals, runRestoreStep } from './restore-run';

/**
 * Makes one step of the restore of a database; see {@link runRestoreStep}.
 *
 * @param now milliseconds since 1970.
 */
export function restoreDatabase(
  step: RestoreStep<RestoreDatabaseRequest, DatabaseRestoreSettings>,
  services: DatabaseServices,
  signals: RestoreSignals,
  now: number,
): Promise<RestoreAnswer> {
  const { execution, settings, request } = step;
  const context = { execution, settings, services };
  return runRestoreStep<DatabaseProgress>(
    step,
    {
      plan: async () => {
        const plan = await planDatabaseRestore(request, execution, settings, services);
        return { plan, step: firstStep(plan) };
      },
      advance: (progress) => makeStep(progress, context),
      removables: (progress) => databaseRemovables(progress, context),
    },
    signals,
    now,
  );
}
