/** The key is taken: an object with other bytes is there, and objects are written once. */
export class ObjectExistsError extends Error {
  /** Key of the object. Not in the message, which ends up in logs: it may name a tenant. */
  public readonly key: string;

  public constructor(key: string, bucket: string, options?: ErrorOptions) {
    super(
      `An object with other content is in bucket ${bucket} already under the key to be written. HINT: keys are written once; start a new run, which gets an id of its own.`,
      options,
    );
    this.name = 'ObjectExistsError';
    this.key = key;
  }
}

/** The bytes that S3 returned or confirmed are not the ones that were written. */
export class ObjectDamagedError extends Error {
  /** Key of the object. Not in the message, which ends up in logs: it may name a tenant. */
  public readonly key: string;

  /** @param problem what differs, with both values. */
  public constructor(key: string, bucket: string, problem: string, options?: ErrorOptions) {
    super(
      `An object in bucket ${bucket} is not what was written: ${problem}. HINT: do not use it; take the replica's copy of the same version, or another recovery point.`,
      options,
    );
    this.name = 'ObjectDamagedError';
    this.key = key;
  }
}

/** An object has grown beyond what an upload can hold. */
export class ObjectTooLargeError extends Error {
  /** @param limitBytes what an upload can hold. */
  public constructor(bytes: number, limitBytes: number) {
    super(
      `An object has grown to ${bytes} bytes, and an upload holds at most ${limitBytes}. HINT: compress the dump better, or divide the largest tenant into several schemas and tenants.`,
    );
    this.name = 'ObjectTooLargeError';
  }
}
