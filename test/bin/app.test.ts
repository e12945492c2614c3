import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { shippedWith } from '../lib/configuration/shipped';
import { CONTEXT, OTHER_ACCOUNT } from '../lib/deployment';

/** The built app, which `npm run build` writes; `cdk.json` runs the same file. */
const APP = resolve(__dirname, '../../dist/bin/app.js');

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bin-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('is built', () => {
  expect(existsSync(APP)).toBe(true);
});

test('synthesizes both stacks without credentials, home or path', () => {
  const { status, stderr, templates } = run(shippedWith({}));
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(templates).toEqual(['HoldfastPrimary.template.json', 'HoldfastRecovery.template.json']);
});

test('tells every mistake of the configuration, exits with 1 and synthesizes nothing', () => {
  const { status, stderr, written, config } = run(shippedWith({ prefix: 'ACME', 'recovery.region': 'eu-west-1' }));
  expect(stderr).toBe(
    `${config}: prefix: must be 2 to 12 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, got: "ACME"\n` +
      `${config}: recovery.region: must differ from primary.region, or one outage takes both, got: "eu-west-1"\n`,
  );
  expect(status).toBe(1);
  expect(written).toEqual([]);
});

test('leaves the primary stack out while the replica key of another account is not known, and says so', () => {
  const { status, stderr, templates } = run(shippedWith({ 'recovery.account': OTHER_ACCOUNT }));
  expect(stderr).toBe(
    'HoldfastPrimary is left out: the replicas lie in another account, and recovery.replicaKeyArn is missing. ' +
      'HINT: deploy HoldfastRecovery, then write the key ARN that it prints into the configuration\n',
  );
  expect(status).toBe(0);
  expect(templates).toEqual(['HoldfastRecovery.template.json']);
});

test('says how to give another configuration where there is none', () => {
  const { status, stderr } = runIn(folder, {});
  expect(stderr).toMatch(/^holdfast\.config\.json: cannot be read \(ENOENT\)\. HINT: .*`-c config=<path>`/);
  expect(status).toBe(1);
});

interface Run {
  readonly status: number | null;
  readonly stderr: string;
  /** Names of the files in the output folder. */
  readonly written: readonly string[];
  readonly templates: readonly string[];
}

function run(configuration: unknown): Run & { readonly config: string } {
  const config = join(mkdtempSync(join(folder, 'run-')), 'configuration.json');
  writeFileSync(config, JSON.stringify(configuration));
  return { config, ...runIn(folder, { config }) };
}

/** Runs the app with nothing in its environment but what the CDK CLI passes. */
function runIn(cwd: string, context: Readonly<Record<string, unknown>>): Run {
  const output = join(mkdtempSync(join(folder, 'output-')), 'cdk.out');
  const { status, stderr } = spawnSync(process.execPath, [APP], {
    cwd,
    encoding: 'utf8',
    env: { CDK_OUTDIR: output, CDK_CONTEXT_JSON: JSON.stringify({ ...CONTEXT, ...context }) },
  });
  const written = existsSync(output) ? readdirSync(output).sort() : [];
  return { status, stderr, written, templates: written.filter((file) => file.endsWith('.template.json')) };
}
