import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lazy, Stack, aws_ssm as ssm } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type Deployment, deploymentParameter, type Objectives } from '../../engine/contract/deployment';
import { PROOF_SYSTEMS, type ProofSystem } from '../../engine/contract/proofs';
import { PACKAGE_ROOT } from '../package-root';
import type { RecoveryRegion } from './recovery-region';

/** Most bytes of the value of an advanced parameter. https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const MOST_VALUE_BYTES = 8 * 1024;

/** Properties of a {@link DeploymentParameter}. */
export interface DeploymentParameterProps {
  readonly recovery: RecoveryRegion;
  /** What each system must hold: the numbers that the thresholds of the alarms are. */
  readonly objectives: Objectives;
}

/**
 * The parameter by which the command line and the report find a deployment: what is protected, where, and what is promised. It holds no
 * secret. Its name follows from the prefix, and readers need no configuration.
 */
export class DeploymentParameter extends Construct {
  /** `/holdfast/<prefix>`. */
  public readonly parameterName: string;
  private readonly resources = new Map<ProofSystem, Set<string>>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DeploymentParameterProps,
  ) {
    super(scope, id);
    this.parameterName = deploymentParameter(props.recovery.prefix);
    new ssm.StringParameter(this, 'Parameter', {
      parameterName: this.parameterName,
      description: 'What Holdfast protects, for its command line and its report',
      // Up to 4 KB cost nothing; what is larger becomes an advanced parameter by itself.
      tier: ssm.ParameterTier.INTELLIGENT_TIERING,
      stringValue: Lazy.string({ produce: () => Stack.of(this).toJsonString(this.deployment) }),
    });
    this.node.addValidation({ validate: () => this.sizeProblems() });
  }

  /**
   * Adds a protected resource.
   *
   * @param resource name of the protected resource, which its buckets and the records of its proofs bear
   */
  public add(system: ProofSystem, resource: string): void {
    const names = this.resources.get(system) ?? new Set();
    this.resources.set(system, names.add(resource));
  }

  /** Names of what was added so far, by system. */
  public get protectedResources(): Deployment['resources'] {
    const named = PROOF_SYSTEMS.flatMap((system) => {
      const names = this.resources.get(system);
      return names === undefined ? [] : [[system, [...names].sort()]];
    });
    return Object.fromEntries(named);
  }

  private get deployment(): Deployment {
    const { recovery, objectives } = this.props;
    const { account, region } = Stack.of(this);
    return {
      format: 1,
      prefix: recovery.prefix,
      software: packageVersion(),
      primary: { account, region },
      recovery: { account: recovery.accountOf(this), region: recovery.region },
      resources: this.protectedResources,
      objectives,
    };
  }

  /** Of an account or Region that is known when it is deployed only, the placeholder is counted, which is longer. */
  private sizeProblems(): string[] {
    const bytes = Buffer.byteLength(JSON.stringify(this.deployment));
    const names = [...this.resources.values()].reduce((count, { size }) => count + size, 0);
    return bytes <= MOST_VALUE_BYTES
      ? []
      : [
          `the parameter ${this.parameterName} would have ${bytes} bytes with the names of ${names} resources, and SSM takes at most ${MOST_VALUE_BYTES}. HINT: divide what is protected between two deployments with a prefix each, or shorten names`,
        ];
  }
}

const packageVersion = (): string => JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')).version;
