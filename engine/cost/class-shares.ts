import type { AgeingVersions, ColdClass } from '../contract/cost';
import { MONTH_DAYS } from './assumptions';
import type { PriceName } from './price';

/** A storage class. */
export type StorageClass = 'STANDARD' | ColdClass;

/** What a class costs. */
export interface ClassPrices {
  readonly storage: PriceName;
  /** GET and HEAD. */
  readonly read: PriceName;
  /** Bytes that are read. @default - nothing beside the request */
  readonly retrieve?: PriceName;
  /** Moves into it by a lifecycle rule. @default - nothing moves there */
  readonly move?: PriceName;
  /** Whether it must be thawed before it can be read, so that no verification reads it. */
  readonly isArchive?: true;
}

/** What each class costs. */
export const CLASS_PRICES: Readonly<Record<StorageClass, ClassPrices>> = {
  STANDARD: { storage: 's3Standard', read: 's3Read' },
  STANDARD_IA: {
    storage: 's3StandardIa',
    read: 's3ReadStandardIa',
    retrieve: 's3RetrieveStandardIa',
    move: 's3MoveToStandardIa',
  },
  INTELLIGENT_TIERING: { storage: 's3IntelligentTiering', read: 's3Read', move: 's3MoveToStandardIa' },
  ONEZONE_IA: {
    storage: 's3OneZoneIa',
    read: 's3ReadStandardIa',
    retrieve: 's3RetrieveStandardIa',
    move: 's3MoveToStandardIa',
  },
  GLACIER_IR: {
    storage: 's3GlacierIr',
    read: 's3ReadGlacierIr',
    retrieve: 's3RetrieveGlacierIr',
    move: 's3MoveToGlacierIr',
  },
  GLACIER: { storage: 's3Glacier', read: 's3Read', move: 's3MoveToGlacier', isArchive: true },
  DEEP_ARCHIVE: { storage: 's3DeepArchive', read: 's3Read', move: 's3MoveToDeepArchive', isArchive: true },
};

/** Share of something that lies in a class: 0 to 1. */
export interface ClassShare {
  readonly storageClass: StorageClass;
  readonly share: number;
}

/**
 * How versions lie in the classes, when a share of them is written each month, evenly: those younger than the age of a move lie before it.
 *
 * @param newShare share that is written within a month. Without any, all are old.
 */
export function classShares({ transitions = [] }: AgeingVersions, newShare: number): ClassShare[] {
  const youngerThan = (days: number): number => Math.min(1, (newShare * days) / MONTH_DAYS);
  const steps = [{ storageClass: 'STANDARD' as StorageClass, afterDays: 0 }, ...transitions];
  return steps.flatMap(({ storageClass, afterDays }, index) => {
    const next = steps[index + 1];
    const share = (next === undefined ? 1 : youngerThan(next.afterDays)) - youngerThan(afterDays);
    return share > 0 ? [{ storageClass, share }] : [];
  });
}
