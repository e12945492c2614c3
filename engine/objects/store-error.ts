/** What to do about an error of S3, by the error's code, such as `AccessDenied`; `other` for every code without one. */
export type StoreHints = Readonly<Record<string, string>> & { readonly other: string };

/**
 * Turns an error of the SDK into one that says what was attempted on which bucket, and what to do about it.
 * Object keys are left out on purpose: the text ends up in logs, and a key may name a tenant or a file.
 *
 * @param attempt what was done, as a verb that the bucket's name completes: `list the versions of`.
 */
export function explainStoreError(error: unknown, attempt: string, bucket: string, hints: StoreHints): Error {
  const name = errorName(error);
  const message = withoutObjectKey(error instanceof Error ? error.message : String(error));
  return new Error(
    `Cannot ${attempt} bucket ${bucket}: ${name}: ${message.slice(0, 200)}. HINT: ${hints[name] ?? hints.other}`,
    { cause: error },
  );
}

/** Code of an SDK error, such as `NoSuchKey`; a HEAD has no body to carry one, so the HTTP status stands in. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) {
    return 'Error';
  }
  return UNNAMED.has(error.name) ? (STATUS_NAMES[httpStatus(error) ?? 0] ?? error.name) : error.name;
}

/** HTTP status of the answer that an SDK error stands for, if there was one. */
export function httpStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) {
    return undefined;
  }
  const { $metadata: metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return metadata?.httpStatusCode;
}

/** S3 names the object that it denies access to by its ARN: `... on resource: "arn:aws:s3:::bucket/key" because ...`. */
function withoutObjectKey(message: string): string {
  return message.replace(/(:s3:::[^/"\s]+\/).*?("? because .*)?$/s, '$1…$2');
}

const UNNAMED = new Set(['Unknown', 'UnknownError', 'Error', '403', '404', 'Forbidden']);
const STATUS_NAMES: Readonly<Record<number, string>> = { 403: 'AccessDenied', 404: 'NotFound' };
