import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTEXT } from './deployment';

/** A template as the app writes it. */
export interface SynthesizedTemplate {
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Resources: Readonly<Record<string, SynthesizedResource>>;
}

/** A resource of such a template. */
export interface SynthesizedResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** What the app wrote. */
export interface Synthesized {
  /** Template by name of its stack. */
  readonly templates: Readonly<Record<string, SynthesizedTemplate>>;
  /** What the CLI is told beside the templates. */
  readonly manifest: { readonly missing?: readonly unknown[] };
}

/** Runs `bin/app.ts` in this process, with the context of `cdk.json`, and gives what it wrote. */
export function synthesized(configuration: unknown): Synthesized {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-app-'));
  const config = join(folder, 'holdfast.config.json');
  const output = join(folder, 'cdk.out');
  writeFileSync(config, JSON.stringify(configuration));
  const before = { ...process.env };
  process.env.CDK_OUTDIR = output;
  process.env.CDK_CONTEXT_JSON = JSON.stringify({ ...CONTEXT, config });
  try {
    jest.isolateModules(() => {
      jest.requireActual('../../bin/app');
    });
    return {
      templates: templatesIn(output),
      manifest: JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8')),
    };
  } finally {
    process.env = before;
    rmSync(folder, { recursive: true });
  }
}

function templatesIn(folder: string): Record<string, SynthesizedTemplate> {
  const suffix = '.template.json';
  const files = readdirSync(folder).filter((file) => file.endsWith(suffix));
  return Object.fromEntries(
    files.map((file) => [file.slice(0, -suffix.length), JSON.parse(readFileSync(join(folder, file), 'utf8'))]),
  );
}
