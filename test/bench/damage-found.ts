import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyArchive } from '../../engine/archive/verify';
import { COMPRESSIONS, type Compression } from '../../engine/contract/tenant-dumps';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { type Damage, damagesOf } from '../engine/archive/damages';
import { pieces } from '../engine/archive/fixtures';

/** How many cases of a damage were found, and by what. */
export interface DamageFound {
  readonly damage: string;
  readonly compression: Compression;
  readonly cases: number;
  /** By the verification, which knows the digest. */
  readonly verify: number;
  /** By `pg_restore -f -`, which reads everything. */
  readonly restore: number;
  /** By `pg_restore --list`. */
  readonly list: number;
}

/** Cases of each damage that are tried, evenly spread over all there are. */
const TRIED = 40;
/** An archive that stops `pg_restore` for so long has been found out. */
const RESTORE_LIMIT_MS = 10_000;

/** Damages archives that `pg_dump` wrote, and counts what finds it. */
export async function findDamage(pgRestore: string, folder: string): Promise<DamageFound[]> {
  const outcomes: DamageFound[] = [];
  for (const compression of COMPRESSIONS) {
    const archive = await fixture(`pg17-shop-${compression}.dump`);
    const other = await fixture(`pg17-tiny-${compression}.dump`);
    for (const damage of await damagesOf(archive, other)) {
      outcomes.push({ compression, ...(await found(damage, archive, { pgRestore, folder })) });
    }
  }
  return outcomes;
}

/** A line for each damage; found of tried cases. */
export function damageTable(outcomes: readonly DamageFound[]): string {
  const damages = [...new Set(outcomes.map(({ damage }) => damage))];
  return damages
    .map((damage) => {
      const lines = outcomes
        .filter((outcome) => outcome.damage === damage)
        .map(
          ({ compression, cases, verify, restore, list }) =>
            `  ${compression.padEnd(5)} verify ${verify}/${cases}, pg_restore -f - ${restore}/${cases}, --list ${list}/${cases}`,
        );
      return [`${damage}:`, ...lines].join('\n');
    })
    .join('\n');
}

async function fixture(name: string): Promise<Buffer> {
  return readFile(join(PACKAGE_ROOT, 'test', 'engine', 'archive', 'fixtures', name));
}

interface Rival {
  readonly pgRestore: string;
  readonly folder: string;
}

async function found(damage: Damage, archive: Buffer, rival: Rival): Promise<Omit<DamageFound, 'compression'>> {
  const digest = createHash('sha256').update(archive).digest('hex');
  const file = join(rival.folder, 'damaged.dump');
  const count = { cases: 0, verify: 0, restore: 0, list: 0 };
  const tried = Math.min(TRIED, damage.cases);
  for (let index = 0; index < tried; index += 1) {
    const damaged = damage.damaged(Math.floor((index * damage.cases) / tried));
    await writeFile(file, damaged);
    const [restores, lists] = await Promise.all([
      succeeds(rival.pgRestore, ['-f', '/dev/null', file]),
      succeeds(rival.pgRestore, ['--list', file]),
    ]);
    count.cases += 1;
    count.verify += (await verifies(damaged, digest)) ? 0 : 1;
    count.restore += restores ? 0 : 1;
    count.list += lists ? 0 : 1;
  }
  return { damage: damage.name, ...count };
}

async function verifies(bytes: Buffer, digest: string): Promise<boolean> {
  try {
    await verifyArchive(pieces(bytes), digest);
    return true;
  } catch {
    return false;
  }
}

function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: RESTORE_LIMIT_MS, maxBuffer: Number.POSITIVE_INFINITY }, (error) =>
      resolve(error === null),
    );
  });
}
