import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { FileCategory } from '../../lib';
import { seed } from '../../local/seed';

/** Keeps what it is sent. */
function recordingStore() {
  const commands: (PutObjectCommand | DeleteObjectCommand)[] = [];
  const send = async (command: PutObjectCommand | DeleteObjectCommand) => commands.push(command);
  return { commands, s3: { send } as unknown as S3Client };
}

describe.each(FileCategory.ALL.map(({ id }) => id))('files of the category %s', (category) => {
  test('have what the counts say: several versions of a key, and delete markers', async () => {
    const { commands, s3 } = recordingStore();
    const { keys, versions, deleteMarkers } = await seed(s3, 'bucket', category);
    expect(commands.filter((command) => command instanceof PutObjectCommand)).toHaveLength(versions);
    expect(commands.filter((command) => command instanceof DeleteObjectCommand)).toHaveLength(deleteMarkers);
    expect(new Set(commands.map(({ input }) => input.Key)).size).toBe(keys);
    expect(versions).toBeGreaterThan(keys);
    expect(deleteMarkers).toBeGreaterThan(0);
  });

  test.each([
    ['the longest key that S3 takes', (key: string) => Buffer.byteLength(key) === 1024],
    ['a key with two spaces in a row', (key: string) => key.includes('  ')],
    ['a key with "..", as in paths', (key: string) => key.startsWith('../')],
    ['a key with a newline', (key: string) => key.includes('\n')],
    ['a key beyond the basic plane of unicode', (key: string) => /[\u{10000}-\u{10ffff}]/u.test(key)],
    ['a key of what URLs are made of', (key: string) => ['+', '%', '&', '?', '#'].every((each) => key.includes(each))],
  ])('have %s', async (_, fits) => {
    const { commands, s3 } = recordingStore();
    await seed(s3, 'bucket', category);
    expect(commands.some(({ input }) => fits(input.Key ?? ''))).toBe(true);
  });
});

test('a category without files is refused', async () => {
  await expect(seed(recordingStore().s3, 'bucket', 'videos')).rejects.toThrow(
    'No files to seed for the category videos.',
  );
});
