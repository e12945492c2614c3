import { Crc64NvmeJs } from '@aws-sdk/checksums/crc';
import fc from 'fast-check';
import { combineCrc64nvme, crc64nvme, crc64nvmeText } from '../../../engine/objects/crc64nvme';

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));

test('has the check value of its catalogue', () => {
  expect(crc64nvme(Buffer.from('123456789'))).toBe(0xae8b14860a799888n);
  expect(crc64nvme(Buffer.alloc(0))).toBe(0n);
});

test('is what the SDK makes of any bytes, wherever they lie in memory', async () => {
  await fc.assert(
    fc.asyncProperty(bytes, fc.nat(9), async (content, offset) => {
      const placed = Buffer.concat([Buffer.alloc(offset), content]).subarray(offset);
      const sdk = new Crc64NvmeJs();
      sdk.update(content);
      expect(crc64nvmeText(crc64nvme(placed))).toBe(Buffer.from(await sdk.digest()).toString('base64'));
    }),
  );
});

test('of two stretches make that of both', () => {
  fc.assert(
    fc.property(bytes, bytes, (first, second) => {
      const whole = crc64nvme(Buffer.concat([first, second]));
      expect(combineCrc64nvme(crc64nvme(first), crc64nvme(second), second.length)).toBe(whole);
      expect(crc64nvme(second, crc64nvme(first))).toBe(whole);
    }),
  );
});

test('is combined over stretches that no integer of 32 bits can count', () => {
  const first = crc64nvme(Buffer.from('first'));
  let zerosOfHalf = crc64nvme(Buffer.alloc(1));
  for (let length = 1; length < 2 ** 39; length *= 2) {
    zerosOfHalf = combineCrc64nvme(zerosOfHalf, zerosOfHalf, length);
  }
  const half = 2 ** 39;
  const zerosOfWhole = combineCrc64nvme(zerosOfHalf, zerosOfHalf, half);
  const inTwoSteps = combineCrc64nvme(combineCrc64nvme(first, zerosOfHalf, half), zerosOfHalf, half);
  expect(combineCrc64nvme(first, zerosOfWhole, 2 * half)).toBe(inTwoSteps);
});
