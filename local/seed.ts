import { type ChecksumAlgorithm, DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** Somebody deletes the file. */
const DELETED = Symbol('deleted');

/** One file and what happens to it: what is written in turn, or that it is deleted. */
interface SeedFile {
  readonly key: string;
  readonly history: readonly (string | typeof DELETED)[];
  readonly contentType?: string;
  readonly tags?: string;
}

const LONGEST_KEY_BYTES = 1024;
const KIB = 1024;

/** Keys that are awkward somewhere between a browser and a listing; every bucket gets them. */
const AWKWARD: readonly SeedFile[] = [
  { key: 'two words/and  two spaces.txt', history: ['first', 'second, longer'] },
  { key: 'Größe/資料/🗂 archive.bin', history: ['unicode beyond the basic plane'] },
  { key: '../up/./and/../around', history: ['not a path', DELETED, 'back again'] },
  { key: 'line\nbreak\tand tab', history: ['one key, two lines'] },
  { key: 'a+b%20c&d=e?f#g;h"i<j>', history: ['what URLs are made of', DELETED] },
  { key: `longest/${'ü'.repeat((LONGEST_KEY_BYTES - 'longest/'.length) / 2)}`, history: ['1,024 bytes of key'] },
];

/** Ordinary files of each category. */
const ORDINARY: Readonly<Record<string, readonly SeedFile[]>> = {
  profilePictures: [
    { key: 'users/1001.jpg', history: [pixels(1), pixels(2)], contentType: 'image/jpeg' },
    { key: 'users/1002.jpg', history: [pixels(3), DELETED], contentType: 'image/jpeg' },
  ],
  uploadedDocuments: [
    {
      key: 'tenant-1/contract.pdf',
      history: ['draft', 'signed'],
      contentType: 'application/pdf',
      tags: 'stage=signed',
    },
    { key: 'tenant-2/offer.pdf', history: ['offer'], contentType: 'application/pdf' },
  ],
  generatedReports: [
    { key: '2026/10/usage.csv', history: ['day,calls\n2026-10-01,42\n', 'day,calls\n2026-10-01,43\n'] },
    { key: '2026/11/usage.csv', history: ['day,calls\n'], contentType: 'text/csv' },
  ],
  temporaryFiles: [
    { key: 'export-1.tmp', history: [pixels(4), DELETED] },
    { key: 'export-2.tmp', history: [pixels(5), pixels(6)] },
  ],
  configurationFiles: [
    { key: 'app/production.json', history: ['{}', '{"limit":10}', '{"limit":20}'], contentType: 'application/json' },
  ],
  sslCertificates: [
    { key: 'www.example.com/fullchain.pem', history: ['certificate of last year', 'certificate of 2026'] },
  ],
  logFiles: [{ key: '2026/11/23/14.log', history: ['14:00 started\n', '14:00 started\n14:01 ready\n'] }],
  auditRecords: [{ key: '2026/11/23.jsonl', history: ['{"who":"user-1"}\n', '{"who":"user-1"}\n{"who":"user-2"}\n'] }],
};

/** What applications attach to uploads; the replicas must carry the same. */
const CHECKSUMS: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC64NVME', 'SHA256', 'CRC32C', 'SHA1'];

/** What a seeding left in a bucket. */
export interface Seeded {
  readonly keys: number;
  readonly versions: number;
  readonly deleteMarkers: number;
}

/** Writes the files of a category, several versions and delete markers among them, one after the other. */
export async function seed(s3: S3Client, bucket: string, category: string): Promise<Seeded> {
  const ordinary = ORDINARY[category];
  if (ordinary === undefined) throw new Error(`No files to seed for the category ${category}.`);
  const files = [...ordinary, ...AWKWARD];
  const steps = files.flatMap((file) => file.history.map((content) => ({ ...file, content })));
  for (const [index, { key, content, contentType, tags }] of steps.entries()) {
    if (typeof content === 'symbol') {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      continue;
    }
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: content,
        ContentType: contentType ?? 'application/octet-stream',
        Metadata: { 'uploaded-by': 'rehearsal' },
        Tagging: tags,
        ChecksumAlgorithm: CHECKSUMS[index % CHECKSUMS.length],
      }),
    );
  }
  const deleteMarkers = steps.filter(({ content }) => content === DELETED).length;
  return { keys: files.length, versions: steps.length - deleteMarkers, deleteMarkers };
}

/** Some bytes that stand for a picture; each number gives others. */
function pixels(picture: number): string {
  return String.fromCharCode(64 + picture).repeat(16 * KIB + picture);
}
