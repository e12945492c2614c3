import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { ArchiveError, type ArchiveFault } from '../../../engine/archive/archive-error';
import { splitArchive } from '../../../engine/archive/split';
import { verifyArchive } from '../../../engine/archive/verify';
import { type Damage, damagesOf } from './damages';
import { fixture, fixtureNames, pieces } from './fixtures';

const DIGEST = /^(truncated|malformed|unsupported|limit|blocks|data|digest)$/;
const STRUCTURE: Readonly<Record<string, readonly ArchiveFault[]>> = {
  'cut at a byte': ['truncated'],
  'two blocks swapped': ['blocks'],
  "another tenant's block": ['blocks'],
  'bytes after the end': ['blocks'],
};

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The fault that a reading ends with; `none` when it ends well. */
async function faultOf(bytes: Uint8Array, expectedSha256?: string): Promise<string> {
  try {
    await verifyArchive(pieces(bytes), expectedSha256);
    return 'none';
  } catch (error) {
    return error instanceof ArchiveError ? error.fault : `no ArchiveError: ${error}`;
  }
}

/** What is wrong in the cases of a damage that are not found as they must be. */
async function missed(damage: Damage, archive: Buffer, indexes: Iterable<number>): Promise<string[]> {
  const digest = sha256(archive);
  const structure = STRUCTURE[damage.name];
  const problems: string[] = [];
  for (const index of indexes) {
    const damaged = damage.damaged(index);
    const isSame = damaged.equals(archive);
    const fault = await faultOf(damaged, digest);
    const expected = structure === undefined ? DIGEST : new RegExp(`^(${structure.join('|')})$`);
    if (isSame ? fault !== 'none' : !expected.test(fault)) {
      problems.push(`case ${index}: ${fault}`);
    }
  }
  return problems;
}

const all = ({ cases }: Damage) => Array.from({ length: cases }, (_, index) => index);

/** An archive of one tenant, and one of another tenant of the same dump. */
async function tenantArchives(name: string): Promise<[Buffer, Buffer]> {
  const parts = new Map<string | undefined, Buffer[]>();
  const tenantOf = (schema: string) => (schema === 'public' ? undefined : schema);
  await splitArchive(pieces(fixture(name)), tenantOf, async (tenant) => {
    const written: Buffer[] = [];
    parts.set(tenant, written);
    return {
      write: async (bytes) => void written.push(Buffer.from(bytes)),
      end: async () => undefined,
      abort: async () => undefined,
    };
  });
  return [Buffer.concat(parts.get('acme') ?? []), Buffer.concat(parts.get('Größe.One') ?? [])];
}

describe.each(['none', 'gzip', 'lz4', 'zstd'])(
  'finds every single case in a small archive compressed with %s:',
  (name) => {
    const archive = fixture(`pg17-tiny-${name}.dump`);
    const other = fixture(`pg17-shop-${name}.dump`);

    test.each([
      'cut at a byte',
      'a flipped bit',
      'two blocks swapped',
      "another tenant's block",
      "another tenant's block under its number",
      'bytes after the end',
    ])('%s', async (kind) => {
      const damage = (await damagesOf(archive, other)).find((candidate) => candidate.name === kind);
      expect(damage?.cases).toBeGreaterThan(0);
      expect(damage && (await missed(damage, archive, all(damage)))).toEqual([]);
    });
  },
);

test.each(fixtureNames('shop'))(
  'finds the block of another tenant of the same dump, and swapped ones, in %s',
  async (name) => {
    const [archive, other] = await tenantArchives(name);
    const damages = (await damagesOf(archive, other)).filter((damage) => /block/.test(damage.name));
    expect(damages).toHaveLength(3);
    for (const damage of damages) {
      expect(damage.cases).toBeGreaterThan(0);
      expect(await missed(damage, archive, all(damage))).toEqual([]);
    }
  },
);

test('finds any case in any archive', async () => {
  const names = fixtureNames('shop');
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.nat(), async (name, kind, index) => {
      const [archive, other] = await tenantArchives(name);
      const damages = await damagesOf(archive, other);
      const damage = damages[kind % damages.length];
      expect(damage && (await missed(damage, archive, [index % damage.cases]))).toEqual([]);
    }),
    { numRuns: 150, seed: 20261123 },
  );
});
