import { Token } from 'aws-cdk-lib';
import type { Problem } from './problem';

/** What is wrong with a value that is to be set where something else is said already: that must not be overwritten in silence. */
export function otherValueProblems<T>(path: string, present: T | undefined, wanted: T): Problem[] {
  return present === undefined || present === wanted || Token.isUnresolved(present)
    ? []
    : [{ path, message: `must be absent or ${wanted}, as it is to be backed up, got: ${present}` }];
}
