import fc from 'fast-check';
import { PROOF_SYSTEMS, type ProofFinding, ProofOutcome } from '../../../engine/contract/proofs';
import { ProofLevel } from '../../../engine/contract/signals';
import { parseProofRecord, proofRecordBytes } from '../../../engine/proofs/record-format';
import { proofRecord } from '../../../engine/proofs/write-record';
import { SOFTWARE_VERSION } from '../../../engine/software';
import { aRecord } from './a-record';

const finding = (detail: string, isCritical = true): ProofFinding => ({ kind: 'missing', isCritical, detail });
const parse = (content: unknown) => parseProofRecord(Buffer.from(JSON.stringify(content)), 's3://proofs/a.json');

describe('a record', () => {
  test('says what was proved, when, and by which version', () => {
    expect(aRecord({ bytes: 12, objects: 3, backups: ['20261123T020000Z-0f3c9a1e'] })).toEqual({
      format: 1,
      system: 'files',
      resource: 'uploads',
      level: 'present',
      outcome: 'proved',
      startedAt: '2026-11-23T02:00:00.000Z',
      finishedAt: '2026-11-23T02:04:30.000Z',
      software: SOFTWARE_VERSION,
      bytes: 12,
      objects: 3,
      backups: ['20261123T020000Z-0f3c9a1e'],
      findingCount: 0,
      findings: [],
    });
  });

  test('has critical findings before others, each kind in its order', () => {
    const findings = [finding('a', false), finding('b'), finding('c', false), finding('d')];
    expect(aRecord({ findings }).findings.map(({ detail }) => detail)).toEqual(['b', 'd', 'a', 'c']);
  });

  test('holds no more than 20 findings, and the number of all', () => {
    const findings = Array.from({ length: 30 }, (_, index) => finding(`number ${index}`));
    const record = aRecord({ findings });
    expect(record.findings).toHaveLength(20);
    expect(record.findingCount).toBe(30);
  });

  test('may count findings that it is not given one by one', () => {
    expect(aRecord({ findings: [finding('12,000 versions')], findingCount: 12_000 }).findingCount).toBe(12_000);
  });

  test('cuts what is said of a finding, and shows what would break a line', () => {
    const [first] = aRecord({ findings: [finding(`line\n${'x'.repeat(1000)}`)] }).findings;
    expect(first?.detail).toHaveLength(500);
    expect(first?.detail).toContain('line\\u{000a}');
  });

  test('leaves the list of findings that it was given as it was', () => {
    const findings = [finding('a', false), finding('b')];
    aRecord({ findings });
    expect(findings.map(({ detail }) => detail)).toEqual(['a', 'b']);
  });
});

describe('reading', () => {
  const instant = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01T00:00:00Z') });
  const name = fc.string({ minLength: 1, maxLength: 20 });
  const facts = fc.record(
    {
      system: fc.constantFrom(...PROOF_SYSTEMS),
      resource: name,
      level: fc.constantFrom(...Object.values(ProofLevel)),
      outcome: fc.constantFrom(...Object.values(ProofOutcome)),
      startedAt: instant,
      finishedAt: instant,
      findings: fc.array(fc.record({ kind: name, isCritical: fc.boolean(), detail: fc.string() }), { maxLength: 30 }),
      backups: fc.array(name),
      restorableAt: instant.map((at) => at.toISOString()),
      bytes: fc.maxSafeNat(),
      rtoSeconds: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
      report: name,
    },
    { requiredKeys: ['system', 'resource', 'level', 'outcome', 'startedAt', 'finishedAt', 'findings'] },
  );

  test('gives back what was written', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const record = proofRecord(given);
        expect(parseProofRecord(proofRecordBytes(record), 'it')).toEqual(JSON.parse(JSON.stringify(record)));
      }),
    );
  });

  test.each([
    ['no JSON', Buffer.from('{'), 'the whole object'],
    ['no object', Buffer.from('null'), 'the whole object'],
    ['without a level', Buffer.from(JSON.stringify({ ...aRecord(), level: undefined })), 'level'],
    ['of an unknown outcome', Buffer.from(JSON.stringify({ ...aRecord(), outcome: 'fine' })), 'outcome'],
    ['of an unknown system', Buffer.from(JSON.stringify({ ...aRecord(), system: 'tapes' })), 'system'],
    ['without a moment', Buffer.from(JSON.stringify({ ...aRecord(), startedAt: 'yesterday' })), 'startedAt'],
    ['with negative bytes', Buffer.from(JSON.stringify({ ...aRecord(), bytes: -1 })), 'bytes'],
  ])('refuses an object that is %s', (_, bytes, wrong) => {
    expect(() => parseProofRecord(bytes, 's3://proofs/a.json')).toThrow(
      `The proof record s3://proofs/a.json is none of format 1 (wrong: ${wrong}). HINT: `,
    );
  });

  test('refuses a later format by its name', () => {
    expect(() => parse({ ...aRecord(), format: 2 })).toThrow(/has the format 2, known is 1\. HINT: use the version/);
  });
});
