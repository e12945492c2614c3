/** A backup whose description is damaged, incomplete or contradicts itself. */
export class CatalogError extends Error {
  public constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CatalogError';
  }
}

/** Another run has published a backup under the same id. */
export class BackupExistsError extends CatalogError {
  public constructor(id: string, options?: ErrorOptions) {
    super(
      `Backup ${id} was published by another run already. HINT: that backup counts; start a new run, which gets an id of its own.`,
      options,
    );
    this.name = 'BackupExistsError';
  }
}
