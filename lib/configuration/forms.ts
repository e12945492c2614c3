import { z } from 'zod';

/** A text of a form, and the words that say which. */
export const text = (form: RegExp, allowed: string) => z.string(allowed).regex(form, allowed);

/** ARN of a KMS key itself, never of an alias. */
export const keyArn = text(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, 'the ARN of a KMS key');

/** How firm locks are. */
export const LOCK_MODE_DESCRIPTION =
  'How firm Object Lock is. "compliance" cannot be lifted or shortened by anyone until it ends. Default: governance.';
