import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/**
 * A client for an `ObjectStore`. The store takes and compares checksums itself, so the SDK leaves that; parts go out at
 * once instead of after a `100 Continue`, for which the SDK would give up reuse of connections; a connection that falls
 * silent is given up, and requests are repeated up to six times.
 *
 * @param config Region, and what differs from the defaults, such as an endpoint.
 */
export function createStoreClient(config: S3ClientConfig): S3Client {
  return new S3Client({
    maxAttempts: 6,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 60_000 },
    ...config,
  });
}
