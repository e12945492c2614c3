import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { type PythonEnvironment, pythonEnvironment } from '../../local/python-environment';
import type { Teardown } from '../../local/teardown';
import { type BenchServer, CREDENTIALS } from './bench-server';
import { runProgram } from './measure';

/** rclone and the AWS CLI, at the versions of requirements.txt. */
export class Rivals {
  /** @throws when Python or PyPI cannot be had */
  static async install(teardown: Teardown): Promise<Rivals> {
    return new Rivals(await pythonEnvironment(teardown, join(PACKAGE_ROOT, 'test', 'bench', 'requirements.txt')));
  }

  private constructor(private readonly environment: PythonEnvironment) {}

  /** `rclone check` of the replica against the source. */
  async rcloneCheck(server: BenchServer, flags: readonly string[]): Promise<RcloneRun> {
    const rclone = [this.environment.command('rclone'), 'check', ':s3:source', ':s3:replica', '--config', ''];
    const connection = [...S3_FLAGS, '--s3-endpoint', server.endpoint];
    const { result, requests } = await server.countRequests(() =>
      runProgram(this.environment.python, ['-c', MEASURED_PROGRAM, ...rclone, ...connection, ...flags]),
    );
    return { ...JSON.parse(result.stdout), requests };
  }

  /** Seconds that one `aws s3api head-object` takes. */
  async headObject(server: BenchServer, key: string): Promise<number> {
    const command = [this.environment.command('aws'), 's3api', 'head-object', '--bucket', 'source', '--key', key];
    const { seconds } = await runProgram(
      this.environment.python,
      [...command, '--endpoint-url', server.endpoint],
      CREDENTIALS,
    );
    return seconds;
  }
}

/** What a run of rclone took. */
export interface RcloneRun {
  readonly seconds: number;
  readonly peakMb: number;
  readonly requests: number;
}

/** How rclone lists with the fewest requests: whole buckets instead of directory by directory. */
export const FEWEST_REQUESTS: readonly string[] = ['--fast-list'];

/** Sensible ways to have rclone compare two buckets. All of them read listings only, which hold size and MD5 (as ETag). */
export const RCLONE_VARIANTS: readonly (readonly string[])[] = [
  FEWEST_REQUESTS,
  [...FEWEST_REQUESTS, '--size-only'],
  ['--size-only', '--checkers', '16'],
];

const S3_FLAGS = [
  ...['--s3-provider', 'AWS', '--s3-region', 'eu-west-1', '--s3-force-path-style'],
  ...['--s3-access-key-id', CREDENTIALS.AWS_ACCESS_KEY_ID],
  ...['--s3-secret-access-key', CREDENTIALS.AWS_SECRET_ACCESS_KEY],
];

/** Runs its arguments as a program and prints what it took. Linux counts memory in KiB, macOS in bytes. */
const MEASURED_PROGRAM = `
import json, resource, subprocess, sys, time
started = time.monotonic()
subprocess.run(sys.argv[1:], check=True)
seconds = time.monotonic() - started
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == 'darwin' else 1024)
print(json.dumps({'seconds': seconds, 'peakMb': peak / 1e6}))
`;
