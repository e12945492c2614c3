import { text } from 'node:stream/consumers';
import { ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import { compareKeys } from './key-order';
import { type ListingPage, type ObjectVersion, type PageMarker, readListingPage } from './listing-page';
import { explainStoreError } from './store-error';

/** A bucket and the client of its Region. */
export interface Bucket {
  readonly s3: S3Client;
  readonly name: string;
}

/**
 * Walks the version listing of a bucket in UTF-8 order of keys, newest version first, and asks for the next page while
 * the current one is worked on. Memory: two pages.
 */
export class VersionListing {
  /** Where the walk stands; `undefined` behind the last version. */
  public current: ObjectVersion | undefined;
  private page: ListingPage = { versions: [] };
  private index = -1;
  private nextPage: Promise<ListingPage> | undefined;

  /**
   * @param afterKey the walk begins behind all versions of this key.
   * @param prefix what all keys begin with. @default - the walk goes through the whole bucket
   * @throws Error when the first page cannot be had.
   */
  public static async open(
    bucket: Bucket,
    afterKey: string | undefined,
    signal: AbortSignal,
    prefix?: string,
  ): Promise<VersionListing> {
    const listing = new VersionListing(bucket, signal, prefix);
    listing.request(afterKey === undefined ? undefined : { keyMarker: afterKey });
    await listing.turnPage();
    return listing;
  }

  private constructor(
    private readonly bucket: Bucket,
    private readonly signal: AbortSignal,
    private readonly prefix: string | undefined,
  ) {}

  /** Goes to the next version; returns a promise only where a page must be waited for, because most steps need none. */
  public advance(): Promise<void> | undefined {
    this.index += 1;
    const next = this.page.versions[this.index];
    if (next === undefined) {
      return this.turnPage();
    }
    this.moveTo(next);
    return undefined;
  }

  private async turnPage(): Promise<void> {
    do {
      if (this.nextPage === undefined) {
        this.current = undefined;
        return;
      }
      this.page = await this.nextPage;
      this.nextPage = undefined;
      if (this.page.next !== undefined) {
        this.request(this.page.next);
      }
    } while (this.page.versions.length === 0);
    this.index = 0;
    this.moveTo(this.page.versions[0]);
  }

  private request(marker: PageMarker | undefined): void {
    this.nextPage = fetchPage(this.bucket, this.prefix, marker, this.signal);
    // A walk that ends early never looks at this page; its failure must then not end the process.
    this.nextPage.catch(() => undefined);
  }

  private moveTo(version: ObjectVersion | undefined): void {
    const before = this.current;
    if (before !== undefined && version !== undefined && compareKeys(version.key, before.key) < 0) {
      throw new Error(
        `The version listing of bucket ${this.bucket.name} is not in UTF-8 order of keys, so it cannot be compared. HINT: use a general purpose bucket; directory buckets list in no order.`,
      );
    }
    this.current = version;
  }
}

/**
 * Fetches one page. The SDK signs, sends, retries and reads errors; only the body of a good answer is read here, by
 * {@link readListingPage}, and the SDK then gets an empty listing to read.
 */
async function fetchPage(
  bucket: Bucket,
  prefix: string | undefined,
  marker: PageMarker | undefined,
  signal: AbortSignal,
): Promise<ListingPage> {
  const command = new ListObjectVersionsCommand({
    Bucket: bucket.name,
    Prefix: prefix,
    EncodingType: 'url',
    KeyMarker: marker?.keyMarker,
    VersionIdMarker: marker?.versionIdMarker,
  });
  let body: string | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { statusCode: number; body: NodeJS.ReadableStream | Uint8Array };
      if (response.statusCode === 200 && !(response.body instanceof Uint8Array)) {
        body = await text(response.body);
        response.body = EMPTY_LISTING;
      }
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'keepListingPage' },
  );
  try {
    await bucket.s3.send(command, { abortSignal: signal });
  } catch (error) {
    throw explainStoreError(error, 'list the versions of', bucket.name);
  }
  return readListingPage(body ?? '');
}

const EMPTY_LISTING = Buffer.from('<ListVersionsResult/>');
