import { faultOf, fixture, fixtureNames } from './fixtures';
import { rdbFile, withChecksum } from './rdb-writer';
import { sampleKeys } from './sample-values';

/**
 * Reads changed files for so many seconds, by hand, as the test corrupt-dump-fuzzer of Redis does with its server:
 *
 *     npm run build
 *     node dist/test/engine/rdb/fuzz.js 60
 *
 * Each file gets the checksum that its bytes ask for, so that the structure is what is tried. It prints how the readings
 * ended, the longest of them and the most memory; anything else than a verdict or an RdbError ends it.
 */
async function main(seconds: number): Promise<void> {
  const servers = (['tiny', 'idle', 'types', 'plain'] as const).flatMap((kind) => fixtureNames(kind)).map(fixture);
  const assembled = [
    rdbFile(sampleKeys('redis', 20_000), { version: 14 }),
    rdbFile(sampleKeys('valkey', 20_000), { kind: 'valkey', version: 80 }),
  ];
  const files = [...servers, ...assembled];
  const outcomes: Record<string, number> = {};
  let readings = 0;
  let longestMs = 0;
  for (const deadline = performance.now() + seconds * 1_000; performance.now() < deadline; readings += 1) {
    let file = files[random(files.length)] as Buffer;
    for (let changes = 1 + random(4); changes > 0; changes -= 1) file = changed(file);
    const started = performance.now();
    const fault = await faultOf(withChecksum(file), random(2) === 0 ? 1 << 20 : 1 + random(5_000));
    longestMs = Math.max(longestMs, performance.now() - started);
    outcomes[fault] = (outcomes[fault] ?? 0) + 1;
  }
  const peakMb = Math.round((process.resourceUsage().maxRSS * 1_024) / 1e6);
  console.log(JSON.stringify({ readings, outcomes, longestMs: Math.round(longestMs), peakMb }));
}

/** Other bytes, bytes left out or put in, or a length that is enormous, somewhere between header and checksum. */
function changed(file: Buffer): Buffer {
  const place = 9 + random(file.length - 26);
  const bytes = Buffer.from(Array.from({ length: 1 + random(8) }, () => random(256)));
  const rest = (from: number) => file.subarray(Math.min(from, file.length - 9));
  switch (random(5)) {
    case 0:
      return Buffer.concat([file.subarray(0, place), bytes, rest(place + bytes.length)]);
    case 1:
      return Buffer.concat([file.subarray(0, place), bytes, rest(place)]);
    case 2:
      return Buffer.concat([file.subarray(0, place), rest(place + bytes.length)]);
    case 3:
      return Buffer.concat([
        file.subarray(0, place),
        Buffer.of(0x81, ...Array(8).fill(random(2) * 255)),
        rest(place + 9),
      ]);
    default: {
      const copy = Buffer.from(file);
      copy.writeUInt8(copy.readUInt8(place) ^ (1 << random(8)), place);
      return copy;
    }
  }
}

const random = (below: number): number => Math.floor(Math.random() * below);

main(Number(process.argv[2] ?? 60));
