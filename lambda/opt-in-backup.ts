import { BackupClient } from '@aws-sdk/client-backup';
import type { CloudFormationCustomResourceHandler } from 'aws-lambda';
import { ensureOptIn } from '../engine/backup/opt-in';
import { answerRequest } from '../engine/cloudformation/answer-request';
import { type BackupOptInProperties, OptInMode, type OptInResourceType } from '../engine/contract/backup-opt-in';

/** What the resource is called: there is one opt-in for the account and Region. */
const PHYSICAL_ID = 'BACKUP_OPT_IN';

const backup = new BackupClient({});

/** The custom resource `Custom::HoldfastBackupOptIn`. When it goes, the opt-in stays: others may rely on it by then. */
export const handler: CloudFormationCustomResourceHandler = (event, context) =>
  answerRequest(event, {
    remainingMs: context.getRemainingTimeInMillis(),
    service: 'AWS Backup',
    physicalIdOfFailure: PHYSICAL_ID,
    carryOut: async (signal) => {
      if (event.RequestType !== 'Delete') {
        await ensureOptIn(backup, optInProperties(event.ResourceProperties), signal);
      }
      return PHYSICAL_ID;
    },
  });

/** The properties as CloudFormation hands them over, next to its own such as `ServiceToken`. */
function optInProperties({ mode, resourceTypes }: Readonly<Record<string, unknown>>): BackupOptInProperties {
  if (mode !== OptInMode.CHECK && mode !== OptInMode.SET) {
    throw wrongProperty('mode', 'check or set', mode);
  }
  if (!Array.isArray(resourceTypes) || !resourceTypes.every(isResourceType) || resourceTypes.length === 0) {
    throw wrongProperty('resourceTypes', 'a list of RDS and Aurora', resourceTypes);
  }
  return { mode, resourceTypes };
}

function isResourceType(value: unknown): value is OptInResourceType {
  return value === 'RDS' || value === 'Aurora';
}

function wrongProperty(name: keyof BackupOptInProperties, allowed: string, value: unknown): Error {
  return new Error(
    `The property ${name} must be ${allowed}, got: ${JSON.stringify(value)}. HINT: deploy function and resource with the same version of Holdfast.`,
  );
}
