import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { aws_ecr_assets as assets, aws_ecs as ecs, IgnoreMode } from 'aws-cdk-lib';
import { PACKAGE_ROOT } from '../package-root';
import type { PostgresMajor } from './dump-options';

/** Folder with the Dockerfile and the bundle that it copies; the build writes both. */
const CONTEXT = join(PACKAGE_ROOT, 'dist', 'jobs');

/** Files of that folder that make the image. */
const FILES = ['Dockerfile', 'index.js', 'index.js.map'];

/**
 * The image of the jobs, with the client tools of a major of PostgreSQL. Synthesis only takes the files; Docker builds them
 * when the app is deployed.
 *
 * @throws when the build has not written the files yet
 */
export function jobImage(postgresMajor: PostgresMajor): ecs.ContainerImage {
  const missing = FILES.find((file) => !existsSync(join(CONTEXT, file)));
  if (missing !== undefined) {
    throw new Error(`the bundled code of the jobs is missing (${missing}). HINT: run \`npm run build\` first`);
  }
  return ecs.ContainerImage.fromAsset(CONTEXT, {
    assetName: `tenant-dumps-${postgresMajor}`,
    buildArgs: { POSTGRES_MAJOR: String(postgresMajor) },
    platform: assets.Platform.LINUX_ARM64,
    exclude: ['*', ...FILES.map((file) => `!${file}`)],
    ignoreMode: IgnoreMode.DOCKER,
  });
}
