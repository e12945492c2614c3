import { errorText } from '../postgres/error-code';
import type { RestoreContext } from './context';
import { createDatabase, dropDatabase } from './databases';

type MadeIn = Pick<RestoreContext, 'access' | 'log'>;

/** Makes a database for what it is restored into; it goes again when the work fails. */
export async function withNewDatabase<Result>(
  context: MadeIn,
  database: string,
  work: () => Promise<Result>,
): Promise<Result> {
  await createDatabase(context.access, database);
  try {
    return await work();
  } catch (error) {
    await dropOrTell(context, database);
    throw error;
  }
}

/** Makes a database for the time of the work. */
export async function withScratchDatabase<Result>(
  context: MadeIn,
  database: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const result = await withNewDatabase(context, database, work);
  await dropOrTell(context, database);
  return result;
}

/** Drops a database that a restore has made. That it cannot must not hide how the restore itself has ended. */
export async function dropOrTell({ access, log }: MadeIn, database: string): Promise<void> {
  try {
    await dropDatabase(access, database);
  } catch (error) {
    log.warn('cannot drop a database that was made for the restore', {
      database,
      reason: errorText(error),
      hint: 'drop it by hand.',
    });
  }
}
