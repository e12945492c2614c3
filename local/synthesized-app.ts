import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../lib/package-root';
import type { LocalAws } from './local-aws';
import { runProgram } from './processes';
import type { Teardown } from './teardown';

/**
 * Resource types of the app that CloudFormation in MiniStack 1.5.33 does not know; a stack with one of them fails. Source:
 * `_RESOURCE_HANDLERS` in MiniStack's `services/cloudformation/provisioners.py`.
 */
const UNKNOWN_TYPES: readonly string[] = [
  'AWS::Backup::BackupSelection',
  'AWS::Backup::Framework',
  'AWS::Backup::ReportPlan',
  'AWS::Backup::RestoreTestingPlan',
  'AWS::Backup::RestoreTestingSelection',
  'AWS::Chatbot::SlackChannelConfiguration',
  'AWS::CloudTrail::Trail',
  'AWS::CloudWatch::AlarmMuteRule',
  'AWS::CloudWatch::AnomalyDetector',
  'AWS::CloudWatch::CompositeAlarm',
  // A type of this app's own, which opts in to AWS Backup: there is nothing to opt in to.
  'Custom::HoldfastBackupOptIn',
];

/** What is not deployed locally. */
export interface LeftOut {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** Why it is left out, in a few words. */
  readonly reason: string;
}

/**
 * Whether MiniStack does not know a resource, so that a stack with it would fail: its type, or, of an alarm, that it
 * computes with several metrics.
 */
export function isUnknownToEmulator({ Type, Properties }: TemplateResource): boolean {
  return UNKNOWN_TYPES.includes(Type) || (Type === 'AWS::CloudWatch::Alarm' && Properties?.Metrics !== undefined);
}

/** The CDK app of this repository, synthesized and deployed by the genuine CDK CLI. */
export class SynthesizedApp {
  private readonly cli = join(dirname(createRequire(__filename).resolve('aws-cdk/package.json')), 'bin', 'cdk');
  private readonly assembly: string;
  private readonly whole = new Map<string, CloudFormationTemplate>();

  constructor(
    private readonly aws: LocalAws,
    private readonly runFolder: string,
    private readonly teardown: Teardown,
  ) {
    this.assembly = join(runFolder, 'cdk.out');
  }

  /** `cdk bootstrap` of some environments, such as `aws://111122223333/eu-west-1`. */
  async bootstrap(environments: readonly string[], region: string): Promise<void> {
    await this.cdk('bootstrap', region, ['bootstrap', ...environments, '--app', '']);
  }

  /**
   * `cdk synth` with a configuration file. Then takes the resources that the emulator does not know out of the templates, and
   * out of what is to be published the container images, which Docker would build.
   *
   * @returns what was taken out
   */
  async synthesize(configurationPath: string, region: string): Promise<LeftOut[]> {
    await this.cdk('synth', region, [
      'synth',
      '--quiet',
      '--app',
      'node dist/bin/app.js',
      '--output',
      this.assembly,
      '--context',
      `config=${configurationPath}`,
    ]);
    const templates = (await readdir(this.assembly)).filter((file) => file.endsWith('.template.json')).sort();
    const leftOut = await Promise.all(
      templates.flatMap((file) => {
        const stack = file.replace(/\.template\.json$/, '');
        return [this.trim(stack), this.leaveImagesOut(stack)];
      }),
    );
    return leftOut.flat();
  }

  /** `cdk deploy --all` of what was synthesized. */
  async deploy(region: string): Promise<void> {
    await this.cdk('deploy', region, [
      'deploy',
      '--all',
      '--app',
      this.assembly,
      '--method',
      'direct',
      '--require-approval',
      'never',
      '--progress',
      'events',
    ]);
  }

  /** The template of a stack before anything was left out. */
  wholeTemplate(stack: string): CloudFormationTemplate {
    const template = this.whole.get(stack);
    if (template === undefined) throw new Error(`The app has no stack ${stack}.`);
    return template;
  }

  private async trim(stack: string): Promise<LeftOut[]> {
    const path = join(this.assembly, `${stack}.template.json`);
    const whole: CloudFormationTemplate = JSON.parse(await readFile(path, 'utf8'));
    this.whole.set(stack, whole);
    const { template, leftOut } = without(withNamesOfAlarms(whole), isUnknownToEmulator);
    await writeFile(path, JSON.stringify(template));
    return leftOut.map((resource) => ({ stack, reason: 'unknown to MiniStack', ...resource }));
  }

  private async leaveImagesOut(stack: string): Promise<LeftOut[]> {
    const path = join(this.assembly, `${stack}.assets.json`);
    const { dockerImages = {}, ...others } = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...others, dockerImages: {} }));
    return Object.values<{ readonly displayName: string }>(dockerImages).map(({ displayName }) => ({
      stack,
      logicalId: displayName,
      type: 'container image',
      reason: 'built by Docker',
    }));
  }

  private cdk(name: string, region: string, args: readonly string[]): Promise<void> {
    const env = {
      ...this.aws.environment(region),
      CDK_DISABLE_VERSION_CHECK: '1',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CI: 'true',
    };
    const options = { env, cwd: PACKAGE_ROOT, logFile: join(this.runFolder, `cdk-${name}.log`) };
    // `npm run local` has built the app already; the CLI would build it again before each command.
    const quick = ['--build', '', '--no-notices', '--no-color'];
    return runProgram(process.execPath, [this.cli, ...args, ...quick], options, this.teardown);
  }
}

/** A resource of a CloudFormation template, as far as it is looked at here. */
export interface TemplateResource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A CloudFormation template, as far as it is looked at here. */
export interface CloudFormationTemplate {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly [section: string]: unknown;
}

/**
 * A template without some of its resources; what waits for one of them no longer does.
 *
 * @throws when what stays refers to what goes, since it could not be deployed
 */
export function without(
  template: CloudFormationTemplate,
  leaves: (resource: TemplateResource) => boolean,
): { template: CloudFormationTemplate; leftOut: Pick<LeftOut, 'logicalId' | 'type'>[] } {
  const all = Object.entries(template.Resources);
  const leftOut = all.filter(([, each]) => leaves(each)).map(([logicalId, { Type }]) => ({ logicalId, type: Type }));
  const gone = leftOut.map(({ logicalId }) => logicalId);
  const kept = all.filter(([, each]) => !leaves(each)).map(([logicalId, each]) => [logicalId, waitless(each, gone)]);
  const trimmed = { ...template, Resources: Object.fromEntries(kept) };
  const references = JSON.stringify(trimmed);
  for (const { logicalId, type } of leftOut) {
    if (references.includes(`"${logicalId}"`)) {
      throw new Error(`${logicalId} (${type}) cannot be left out: another part of the template refers to it.`);
    }
  }
  return { template: trimmed, leftOut };
}

/**
 * A template in which references to alarms that the emulator does not know are their names and ARNs: these alarms are made
 * afterwards, through the API.
 */
export function withNamesOfAlarms(template: CloudFormationTemplate): CloudFormationTemplate {
  const names = new Map<string, string>();
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    const name = resource.Properties?.AlarmName;
    if (typeof name === 'string' && isUnknownToEmulator(resource)) names.set(logicalId, name);
  }
  return JSON.parse(JSON.stringify(template), (_, value) => {
    const reference = value?.Ref ?? value?.['Fn::GetAtt']?.[0];
    const name = typeof reference === 'string' ? names.get(reference) : undefined;
    if (name === undefined) return value;
    return 'Ref' in value ? name : { 'Fn::Sub': `arn:aws:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:${name}` };
  });
}

/** A resource that waits for none of some others. */
function waitless({ DependsOn = [], ...resource }: TemplateResource, gone: readonly string[]): TemplateResource {
  const waitsFor = [DependsOn].flat().filter((logicalId) => !gone.includes(logicalId));
  return waitsFor.length === 0 ? resource : { ...resource, DependsOn: waitsFor };
}
