import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToolName, ToolOptions } from '../../../engine/postgres/tool';

/** A folder of shell scripts in place of PostgreSQL's client tools. */
export class FakeTools {
  public static async create(): Promise<FakeTools> {
    return new FakeTools(await mkdtemp(join(tmpdir(), 'tools-')));
  }

  private constructor(public readonly directory: string) {}

  /** Puts a tool in place, as the body of a shell script. */
  public async write(name: ToolName, script: string): Promise<ToolOptions> {
    const file = join(this.directory, name);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    return { directory: this.directory, environment: { PATH: process.env.PATH } };
  }

  /** A file of the folder, for what a script is to write. */
  public async file(name: string, content: Buffer): Promise<string> {
    const path = join(this.directory, name);
    await writeFile(path, content);
    return path;
  }

  public async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}
