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
export const UNKNOWN_TO_EMULATOR: readonly string[] = ['AWS::Chatbot::SlackChannelConfiguration'];

/** A resource that is not deployed locally. */
export interface LeftOut {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
}

/** The CDK app of this repository, synthesized and deployed by the genuine CDK CLI. */
export class SynthesizedApp {
  private readonly cli = join(dirname(createRequire(__filename).resolve('aws-cdk/package.json')), 'bin', 'cdk');
  private readonly assembly: string;

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
   * `cdk synth` with a configuration file. Then takes the resources that the emulator does not know out of the templates.
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
    const leftOut = await Promise.all(templates.map((file) => this.trim(file)));
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

  private async trim(file: string): Promise<LeftOut[]> {
    const path = join(this.assembly, file);
    const { template, leftOut } = withoutTypes(JSON.parse(await readFile(path, 'utf8')), UNKNOWN_TO_EMULATOR);
    await writeFile(path, JSON.stringify(template));
    return leftOut.map((resource) => ({ stack: file.replace(/\.template\.json$/, ''), ...resource }));
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

/** A CloudFormation template, as far as it is looked at here. */
export interface CloudFormationTemplate {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
  readonly [section: string]: unknown;
}

/**
 * A template without the resources of some types.
 *
 * @throws when what stays refers to what goes, since it could not be deployed
 */
export function withoutTypes(
  template: CloudFormationTemplate,
  types: readonly string[],
): { template: CloudFormationTemplate; leftOut: Omit<LeftOut, 'stack'>[] } {
  const all = Object.entries(template.Resources);
  const leftOut = all
    .filter(([, { Type }]) => types.includes(Type))
    .map(([logicalId, { Type }]) => ({ logicalId, type: Type }));
  const kept = all.filter(([, { Type }]) => !types.includes(Type));
  const trimmed = { ...template, Resources: Object.fromEntries(kept) };
  const references = JSON.stringify(trimmed);
  for (const { logicalId, type } of leftOut) {
    if (references.includes(`"${logicalId}"`)) {
      throw new Error(`${logicalId} (${type}) cannot be left out: another part of the template refers to it.`);
    }
  }
  return { template: trimmed, leftOut };
}
