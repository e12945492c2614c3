import { Duration, aws_iam as iam, type aws_stepfunctions as sfn } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type AlarmRule, alarmRule } from '../../engine/contract/alarms';
import { METRIC_NAMESPACE, type System } from '../../engine/contract/signals';
import { HoldfastFunction } from '../functions/holdfast-function';
import { executionRole, loggedStateMachine } from '../functions/logged-state-machine';
import type { Paging } from '../paging/paging';
import { ruledAlarm, sumOf } from '../signals/ruled-alarm';
import { restoreDefinition } from './restore-definition';

/** Within which a restore must be ready: terabytes from a snapshot take hours. */
export const RESTORE_TIMEOUT = Duration.hours(12);

/** What taking back may take beyond that, until the execution is stopped from outside. */
const TAKING_BACK = Duration.hours(3);

/** Properties of a {@link RestoreStateMachine}. */
export interface RestoreStateMachineProps {
  /** Name of the state machine and of its function. */
  readonly name: string;
  /** Folder below `dist/lambda` with the function's code. */
  readonly bundle: string;
  /** What it restores, such as `a database`. */
  readonly what: string;
  readonly system: System;
  /** Longest step. */
  readonly stepTimeout: Duration;
  readonly memorySizeMiB: number;
  /** What the function is told in every step; may hold tokens. */
  readonly settings: object;
  readonly paging: Paging;
}

/**
 * Runs restores: one function that makes one step at a time, the state machine that calls it, and the alarms on what a restore that
 * failed leaves behind. A restore that fails has no alarm of its own: whoever started it sees it.
 */
export class RestoreStateMachine extends Construct {
  public readonly stateMachine: sfn.StateMachine;
  /** Makes the steps; it is given nothing yet but to publish metrics. */
  public readonly function: HoldfastFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RestoreStateMachineProps,
  ) {
    super(scope, id);
    const { name, bundle, what, stepTimeout, memorySizeMiB } = props;
    this.function = new HoldfastFunction(this, 'Steps', {
      bundle,
      functionName: name,
      description: `Makes one step of the restore of ${what}`,
      timeout: stepTimeout,
      memorySizeMiB,
    });
    this.function.allowMetrics();
    this.stateMachine = this.machine();
    this.leftBehindAlarm();
    this.stoppedAlarm();
  }

  private machine(): sfn.StateMachine {
    const { name, what, settings, system } = this.props;
    const { functionArn } = this.function.function;
    const role = executionRole(this, name);
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }),
    );
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } },
      }),
    );
    const timeoutSeconds = RESTORE_TIMEOUT.plus(TAKING_BACK).toSeconds();
    const definition = restoreDefinition({ what, functionArn, settings, system, timeoutSeconds });
    return loggedStateMachine(this, { name, definition, role });
  }

  private leftBehindAlarm(): void {
    ruledAlarm(this, 'LeftBehind', { paging: this.props.paging, rule: this.rule('leftBehind') });
  }

  /** An execution that is stopped from outside takes nothing back. */
  private stoppedAlarm(): void {
    const rule = this.rule('stopped');
    const period = Duration.seconds(rule.condition.periodSeconds);
    const stopped = {
      timedOut: this.stateMachine.metricTimedOut({ period }),
      aborted: this.stateMachine.metricAborted({ period }),
    };
    const metric = sumOf(stopped, 'Restores that were stopped', period);
    ruledAlarm(this, 'Stopped', { paging: this.props.paging, rule, metric });
  }

  private rule(name: string): AlarmRule {
    return alarmRule(this.props.system, name, 'restore');
  }
}
