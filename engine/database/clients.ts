import type { BackupClient } from '@aws-sdk/client-backup';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { RDSClient } from '@aws-sdk/client-rds';
import { perRegion } from '../functions/per-region';

/** A Region, and the role to act there with. */
export interface Place {
  readonly region: string;
  /** @default - the role of the function */
  readonly roleArn?: string;
}

/** Clients of the services that a verification of databases asks. */
export interface DatabaseClients {
  readonly rds: (region: string) => RDSClient;
  readonly backup: (place: Place) => BackupClient;
  readonly kms: (place: Place) => KMSClient;
}

/**
 * Makes one client for each place that is asked for, so that connections and roles taken on are used again.
 *
 * @param create makes the client of a place.
 */
export function perPlace<Client>(create: (place: Place) => Client): (place: Place) => Client {
  const ofRoles = new Map<string | undefined, (region: string) => Client>();
  return ({ region, roleArn }) => {
    const ofRole = ofRoles.get(roleArn) ?? perRegion((each) => create({ region: each, roleArn }));
    ofRoles.set(roleArn, ofRole);
    return ofRole(region);
  };
}
