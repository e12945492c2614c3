import { System } from '../../engine/contract/signals';
import { encryptOtherwise } from '../damage';
import type { LocalAws } from '../local-aws';
import { type Replication, replicaOf, replicate } from '../replication-stand-in';
import type { TenantDatabase } from '../tenants/database';
import type { TenantDumps } from '../tenants/dumps';
import type { TenantVerification } from '../tenants/verification';
import type { AlarmScenario } from './scenario';
import { silence } from './silence';

/** What scenarios of the tenants' dumps are played with. */
export interface TenantScenarioContext {
  readonly aws: LocalAws;
  readonly replications: readonly Replication[];
  readonly database: TenantDatabase;
  readonly dumps: TenantDumps;
  readonly tenantVerification: TenantVerification;
}

/** What can go wrong with the tenants' dumps. */
export function tenantScenarios(context: TenantScenarioContext): AlarmScenario[] {
  const { tenantVerification } = context;
  const alarm = (name: string) => `${System.TENANTS}-${name}`;
  return [
    damagedCopy(context),
    lostDatabase(context),
    silence('the verification of dumps', ['backupFailed', 'proofAgePresent', 'proofAgeIntact'].map(alarm), () =>
      tenantVerification.run(),
    ),
  ];
}

/** The backup must not be proved yet: what is proved is read again only when its turn comes. */
function damagedCopy({ aws, dumps, replications, tenantVerification }: TenantScenarioContext): AlarmScenario {
  return {
    broken: "the copy of a tenant's dump is encrypted with another key",
    alarms: [`${System.TENANTS}-backupFailed`, `${System.TENANTS}-damaged`],
    inflict: async () => {
      const manifest = await dumps.newest();
      const archive = manifest && (await dumps.archiveOf(manifest));
      if (archive === undefined) throw new Error('There is no dump to damage.');
      const mend = await encryptOtherwise(aws, replicaOf(replications, dumps.bucket), archive.key);
      return async () => {
        await mend();
        await replicate(aws, replications);
      };
    },
    notice: () => tenantVerification.run(),
  };
}

function lostDatabase({ database, dumps, replications, aws }: TenantScenarioContext): AlarmScenario {
  return {
    broken: 'nobody finds the database when it is to be dumped',
    alarms: [`${database.name}-backupFailed`],
    inflict: () => database.hide(),
    notice: async (isBroken) => {
      if (isBroken) {
        await dumps.run('dump').catch(() => undefined);
      } else {
        await dumps.run('dump');
        await replicate(aws, replications);
      }
    },
  };
}
