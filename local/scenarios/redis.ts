import { System } from '../../engine/contract/signals';
import type { LocalAws } from '../local-aws';
import type { RedisBackups } from '../redis/backups';
import { type Replication, replicate } from '../replication-stand-in';
import type { AlarmScenario } from './scenario';
import { silence } from './silence';

/** What scenarios of a cache are played with; it has an export that is proved. */
export interface RedisScenarioContext {
  readonly aws: LocalAws;
  readonly replications: readonly Replication[];
  readonly redis: RedisBackups;
}

/** What can go wrong with the backups of a cache. */
export function redisScenarios({ aws, replications, redis }: RedisScenarioContext): AlarmScenario[] {
  return [
    {
      broken: 'the copy of an export is encrypted with another key',
      alarms: [`${System.REDIS}-backupFailed`],
      inflict: async () => {
        const [file] = (await redis.newest())?.files ?? [];
        const mend = await redis.damageCopy(file?.key ?? '');
        return async () => {
          await mend();
          await replicate(aws, replications);
        };
      },
      notice: () => redis.verifier.run(),
    },
    silence(
      'the verification of caches',
      ['backupFailed', 'backupAge', 'proofAgePresent', 'proofAgeIntact'].map((name) => `${System.REDIS}-${name}`),
      () => redis.verifier.run(),
    ),
  ];
}
