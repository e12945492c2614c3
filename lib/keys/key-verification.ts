import { Duration, type aws_kms as kms, Stack, type aws_s3 as s3, aws_scheduler as scheduler } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { alarmRule } from '../../engine/contract/alarms';
import { System } from '../../engine/contract/signals';
import {
  KEYS_PREFIX,
  type KeyTarget,
  VERIFY_KEYS_EVERY_MINUTES,
  type VerifyKeysEvent,
} from '../../engine/contract/verify-keys';
import { FunctionSchedule } from '../functions/function-schedule';
import { HoldfastFunction } from '../functions/holdfast-function';
import { keyInPolicies, throughService } from '../key-conditions';
import type { Paging } from '../paging/paging';
import { roleNames } from '../platform/names';
import type { RecoveryRegion } from '../platform/recovery-region';
import { pagedBy } from '../signals/ruled-alarm';

/** Time between two verifications. */
const VERIFY_EVERY = Duration.minutes(VERIFY_KEYS_EVERY_MINUTES);

/** Properties of a {@link KeyVerification}. */
export interface KeyVerificationProps {
  readonly recovery: RecoveryRegion;
  /** Bucket for the reports of verifications. */
  readonly proofsBucket: s3.IBucket;
  /** Key of the proofs bucket. */
  readonly proofsKey: kms.IKey;
  readonly paging: Paging;
}

/**
 * Verifies each hour that the keys of backups can be used, rotate, are found by their aliases and are granted to nobody unknown. One
 * function and one schedule, however many keys; its alarms are those of the system `platform`.
 */
export class KeyVerification extends Construct {
  private readonly targets: KeyTarget[] = [];
  private readonly verifier: HoldfastFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: KeyVerificationProps,
  ) {
    super(scope, id);
    const { prefix } = props.recovery;
    this.verifier = new HoldfastFunction(this, 'Verifier', {
      bundle: 'verify-keys',
      functionName: `${prefix}-verify-keys`,
      roleName: roleNames.verifyKeys(prefix),
      description: 'Verifies the keys that backups are encrypted with',
      timeout: Duration.minutes(5),
      memorySizeMiB: 512,
    });
    new FunctionSchedule(this, 'Schedule', {
      name: `${prefix}-verify-keys`,
      description: 'Verifies the keys that backups are encrypted with',
      function: this.verifier.function,
      schedule: scheduler.ScheduleExpression.rate(VERIFY_EVERY),
      event: () => this.event,
      retryAttempts: 2,
      maxEventAge: VERIFY_EVERY,
    });
    this.allowOwnResources();
  }

  /**
   * Adds a key of this stack.
   *
   * @param name what it encrypts, as findings say it; unique in its Region.
   * @param alias by which everything finds it, without `alias/` before it.
   */
  public verify(name: string, key: kms.IKey, alias: string): void {
    const { partition, account, region } = Stack.of(this);
    const aliasArn = `arn:${partition}:kms:${region}:${account}:alias/${alias}`;
    this.targets.push({ name, region, keyArn: key.keyArn, aliasArn });
    this.verifier.allow([...READ_ACTIONS], [key.keyArn]);
    // The alias may lead to another key than this one by then, which must be seen.
    const { resource, condition } = keyInPolicies(aliasArn);
    this.verifier.allow(['kms:DescribeKey'], [resource], condition);
  }

  /**
   * Adds a key of the recovery Region, of which the ARN or that of its alias is known.
   *
   * @param name what it encrypts, as findings say it; unique in its Region.
   */
  public verifyElsewhere(name: string, keyOrAliasArn: string): void {
    const isAlias = keyOrAliasArn.includes(':alias/');
    const { region } = this.props.recovery;
    this.targets.push({ name, region, ...(isAlias ? { aliasArn: keyOrAliasArn } : { keyArn: keyOrAliasArn }) });
    const { resource, condition } = keyInPolicies(keyOrAliasArn);
    this.verifier.allow([...READ_ACTIONS], [resource], condition);
  }

  private get event(): VerifyKeysEvent {
    const { recovery, proofsBucket, paging } = this.props;
    const { account, region } = Stack.of(this);
    const warning = pagedBy(paging, KEY_DRIFT);
    return {
      keys: this.targets,
      knownAccounts: [...new Set([account, recovery.accountOf(this)])],
      proofs: { bucket: proofsBucket.bucketName, region },
      ...pagedBy(paging, KEYS_UNUSABLE),
      warningAlarmName: warning.alarmName,
      warningIncidentName: warning.incidentName,
    };
  }

  private allowOwnResources(): void {
    const { proofsBucket, proofsKey, paging } = this.props;
    this.verifier.allow(['s3:ListBucket'], [proofsBucket.bucketArn]);
    this.verifier.allow(['s3:GetObject', 's3:PutObject'], [proofsBucket.arnForObjects(`${KEYS_PREFIX}*`)]);
    this.verifier.allow(
      ['kms:Decrypt', 'kms:GenerateDataKey'],
      [proofsKey.keyArn],
      throughService('s3', Stack.of(this).region),
    );
    this.verifier.allowMetrics();
    for (const rule of [KEYS_UNUSABLE, KEY_DRIFT]) {
      const { alarmName, incidentName } = pagedBy(paging, rule);
      this.verifier.allowAlarmStates(alarmName, incidentName);
    }
  }
}

const KEYS_UNUSABLE = alarmRule(System.PLATFORM, 'keysUnusable');
const KEY_DRIFT = alarmRule(System.PLATFORM, 'keyDrift');

const READ_ACTIONS = ['kms:DescribeKey', 'kms:GetKeyRotationStatus', 'kms:ListGrants'] as const;
