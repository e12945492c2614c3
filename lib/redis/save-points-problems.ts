import { type SavePointRule, savePointProblems } from '../../engine/contract/redis';
import type { Problem } from '../problem';

/** What is wrong with the numbers of save points. */
export function savePointsProblems(savePoints: readonly SavePointRule[], path: string): Problem[] {
  return savePoints.flatMap((savePoint, index) =>
    savePointProblems(savePoint).map(({ field, message }) => ({ path: `${path}[${index}].${field}`, message })),
  );
}
