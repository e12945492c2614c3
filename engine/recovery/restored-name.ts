import { RESTORED_MARK, type RestoreExecution, RestoreTag } from '../contract/restore-managed';
import { RestoreRefusedError } from './restore-error';

/** Most characters of names. */
export const NAME_LIMITS = {
  /** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
  instance: 63,
  /** As an instance's, less a hyphen and the number of the instances that are named after it. */
  cluster: 60,
  /** https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html */
  replicationGroup: 40,
} as const;

/**
 * The name of what is restored: the wanted one, or one that follows from the original's and the time of the execution, so that a step that is
 * made again makes the same.
 *
 * @param most most characters that the service takes.
 * @throws RestoreRefusedError when the wanted name is none that can be given.
 */
export function restoredName(
  original: string,
  wanted: string | undefined,
  execution: RestoreExecution,
  most: number,
): string {
  if (wanted === undefined) {
    const end = `${RESTORED_MARK}-${new Date(execution.startedAt).toISOString().replace(/\D/g, '').slice(0, 14)}`;
    return `${original.slice(0, most - end.length).replace(/-+$/, '')}${end}`.toLowerCase();
  }
  if (!FORM.test(wanted) || wanted.length > most || !wanted.includes(RESTORED_MARK)) {
    throw new RestoreRefusedError(
      `The new name must have 1 to ${most} lower-case letters, digits and single hyphens, begin with a letter, not end with a hyphen and contain "${RESTORED_MARK}", got: "${wanted}". HINT: leave it out, or end it with "${RESTORED_MARK}"; the role of the restore may touch only what is called so.`,
    );
  }
  return wanted;
}

/** What everything restored is tagged with. */
export function restoreTags(original: string, execution: RestoreExecution): { Key: string; Value: string }[] {
  return [
    { Key: RestoreTag.FROM, Value: original },
    { Key: RestoreTag.EXECUTION, Value: execution.id },
  ];
}

/** Whether tags say that the execution made what bears them. */
export function isMadeBy(execution: RestoreExecution, tags: Tags = []): boolean {
  return tags.some(({ Key, Value }) => Key === RestoreTag.EXECUTION && Value === execution.id);
}

/** Whether tags say that a restore made what bears them, whichever execution it was. */
export const isRestored = (tags: Tags): boolean => tags.some(({ Key }) => Key === RestoreTag.EXECUTION);

type Tags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];

const FORM = /^[a-z](-?[a-z0-9])*$/;
