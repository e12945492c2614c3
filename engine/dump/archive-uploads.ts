import type { ArchiveOutput } from '../archive/split';
import type { ObjectStore, ObjectUpload, StoredObject } from '../objects/object-store';
import type { ObjectLock } from '../objects/stored-object';
import type { ProgressCounter } from './progress';
import type { Undertaking } from './undertaking';

/**
 * The archives of one run on their way to the bucket. One that cannot be stored stops the run; a run that stops gives up
 * all that are not stored yet.
 */
export class ArchiveUploads {
  private readonly uploads = new Map<string, ObjectUpload>();

  public constructor(
    private readonly run: Undertaking,
    private readonly progress: ProgressCounter,
  ) {
    run.signal.addEventListener('abort', () => {
      for (const upload of this.uploads.values()) {
        run.strand(upload.abort());
      }
    });
  }

  /**
   * Begins an archive.
   *
   * @param tenant whose it is, for the progress; undefined for what is shared.
   * @param tables number of tables that it is expected to hold.
   */
  public open(
    store: ObjectStore,
    archive: { readonly key: string; readonly lock: ObjectLock },
    tenant: string | undefined,
    tables: number,
  ): ArchiveOutput {
    this.run.signal.throwIfAborted();
    const upload = store.upload(archive.key, { lock: archive.lock });
    this.uploads.set(archive.key, upload);
    this.run.watch(upload.stored);
    this.progress.begin(tenant);
    return {
      write: (bytes) => {
        this.progress.bytes += bytes.length;
        return upload.write(bytes);
      },
      end: async () => {
        await upload.end();
        this.progress.complete(tenant, tables);
      },
      abort: () => upload.abort(),
    };
  }

  /**
   * The archive that was written to a key, when the bucket has confirmed it.
   *
   * @throws what the upload failed of; Error when none was begun.
   */
  public async stored(key: string): Promise<StoredObject> {
    const upload = this.uploads.get(key);
    if (upload === undefined) {
      throw new Error('No archive was begun under this key.');
    }
    return upload.stored;
  }
}
